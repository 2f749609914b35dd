import DescentCore
import Testing

/// Different elements and slices: values of PyTorch 2.13.
@Suite("Unique")
struct UniqueTests {
  @Test("elements in order, their places and their number")
  func elements() {
    let x = Tensor([[2, 0, 2], [1, 2, 0]])
    let (values, inverse, counts) = x.unique(returnInverse: true, returnCounts: true)
    #expect(values.toArray(Int.self) == [0, 1, 2])
    #expect(inverse?.toArray(Int.self) == [2, 0, 2, 1, 2, 0] && inverse?.shape == [2, 3])
    #expect(counts?.toArray(Int.self) == [2, 1, 3])
    #expect(x.unique().toArray(Int.self) == [0, 1, 2])
    #expect(x.unique(returnInverse: false).inverse == nil)
    #expect(Tensor([true, false, true]).unique().toArray(Bool.self) == [false, true])
  }

  @Test("each NaN is one of its own, and the first of equal zeros stands for both")
  func special() {
    let (values, inverse, counts) = Tensor([1, .nan, .nan, 1, 0]).unique(
      returnInverse: true, returnCounts: true)
    #expect(values.numel() == 4 && values.isnan().sum().item(as: Int.self) == 2)
    #expect(inverse?.toArray(Int.self) == [1, 2, 3, 1, 0])
    #expect(counts?.toArray(Int.self) == [1, 2, 1, 1])
    #expect(Tensor([-0.0, 0, 1]).unique()[0].item().sign == .minus)
  }

  @Test("slices are ordered by their first elements, then by the next ones")
  func slices() {
    let x = Tensor([[1, 2, 0], [0, 9, 9], [1, 2, 0], [1, 0, 5], [0, 9, 9]])
    let (values, inverse, counts) = x.unique(returnInverse: true, returnCounts: true, dim: 0)
    #expect(values.toArray(Int.self) == [0, 9, 9, 1, 0, 5, 1, 2, 0])
    #expect(inverse?.toArray(Int.self) == [2, 0, 2, 1, 0])
    #expect(counts?.toArray(Int.self) == [2, 1, 2])
    #expect(x.t().unique(dim: 1).t().toArray(Int.self) == values.toArray(Int.self))
  }

  @Test("rows that were repeated and mixed come back", arguments: [1, 2, 5, 8, 33])
  func manyColumns(_ columns: Int) {
    let generator = Generator(seed: columns)
    let x = Tensor.randint(0, 3, [200, columns], generator: generator)
    let (values, inverse, counts) = x.unique(returnInverse: true, returnCounts: true, dim: 0)
    let got = stride(from: 0, to: values.numel(), by: columns).map {
      Array(values.toArray(Int.self)[$0..<$0 + columns])
    }
    let rows = stride(from: 0, to: x.numel(), by: columns).map {
      Array(x.toArray(Int.self)[$0..<$0 + columns])
    }
    let sorted = Set(rows).sorted { $0.lexicographicallyPrecedes($1) }
    #expect(got == sorted, "seed \(columns)")
    #expect(inverse.map { values.indexSelect(0, $0).toArray(Int.self) } == x.toArray(Int.self))
    #expect(counts?.toArray(Int.self) == sorted.map { row in rows.count { $0 == row } })
  }

  @Test("runs of equal elements and slices")
  func consecutive() {
    let x = Tensor([1, 1, 2, 2, 2, 1])
    let (values, inverse, counts) = x.uniqueConsecutive(returnInverse: true, returnCounts: true)
    #expect(values.toArray(Int.self) == [1, 2, 1])
    #expect(inverse?.toArray(Int.self) == [0, 0, 1, 1, 1, 2])
    #expect(counts?.toArray(Int.self) == [2, 3, 1])
    let rows = Tensor([[1, 2], [1, 2], [0, 2], [1, 2]])
    #expect(rows.uniqueConsecutive(dim: 0).toArray(Int.self) == [1, 2, 0, 2, 1, 2])
  }

  @Test("empty and 0-d tensors")
  func empty() {
    let (values, inverse, counts) = Tensor.zeros(0, 3).unique(
      returnInverse: true, returnCounts: true)
    #expect(values.shape == [0] && inverse?.shape == [0, 3] && counts?.shape == [0])
    let slices = Tensor.zeros(5, 0, 2).uniqueConsecutive(
      returnInverse: true, returnCounts: true, dim: 1)
    #expect(slices.values.shape == [5, 0, 2] && slices.inverse?.shape == [0])
    let single = Tensor(3.0).unique(returnInverse: true, returnCounts: true)
    #expect(single.values.shape == [1] && single.inverse?.shape == [])
  }

  @Test(
    "misuse is refused",
    arguments: [
      { _ = Tensor(1.0).unique(dim: 0) }, { _ = Tensor.zeros(2, 0).unique(dim: 0) },
      { _ = Tensor.zeros(0, 3).uniqueConsecutive(dim: 1) }, { _ = Tensor.zeros(3).unique(dim: 1) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
