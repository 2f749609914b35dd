import DescentCore
import Testing

/// Insertion points, bins and counts: values of PyTorch 2.13.
@Suite("Searching and counting")
struct SearchingTests {
  @Test("insertion points left and right of equal elements")
  func searchsorted() {
    let rows = Tensor([[1, 3, 5, 7, 9], [2, 4, 6, 8, 10]])
    let values = Tensor([[3, 6, 9], [3, 6, 9]])
    #expect(rows.searchsorted(values).toArray(Int.self) == [1, 3, 4, 1, 2, 4])
    let right = rows.searchsorted(values, right: true, outInt32: true)
    #expect(right.toArray(Int.self) == [2, 3, 5, 1, 3, 4] && right.dtype == .int32)
    #expect(rows[0].searchsorted(values).toArray(Int.self) == [1, 3, 4, 1, 3, 4])
    #expect(rows[0].searchsorted(4.5).item(as: Int.self) == 2)
    #expect(Tensor([1.0, 2]).searchsorted(Tensor([Double.nan])).item(as: Int.self) == 2)
    #expect(Tensor.zeros(0).searchsorted(values.float()).toArray(Int.self) == [0, 0, 0, 0, 0, 0])
  }

  @Test("a sorter stands for the sorted rows; rows may be strided")
  func sorter() {
    let rows = Tensor([[5, 1, 3], [2, 9, 4]])
    let sorter = rows.argsort()
    let values = Tensor([[2, 4], [2, 4]])
    #expect(rows.searchsorted(values, sorter: sorter).toArray(Int.self) == [1, 2, 0, 1])
    let sorted = rows.sort().values.t().contiguous().t()
    #expect(sorted.searchsorted(values).toArray(Int.self) == [1, 2, 0, 1])
  }

  @Test("buckets, with promotion")
  func bucketize() {
    let bounds = Tensor([1, 3, 5])
    let x = Tensor([[0.5, 1], [3, 9]])
    #expect(x.bucketize(bounds).toArray(Int.self) == [0, 0, 1, 3])
    #expect(x.bucketize(bounds, right: true).toArray(Int.self) == [0, 1, 2, 3])
  }

  @Test("a histogram counts what is inside, the last bin with its end")
  func histc() {
    let x = Tensor([-1.0, 0, 0.9, 1, 2, 2.5, .nan])
    #expect(x.histc(bins: 2, min: 0, max: 2).toArray() == [2, 2])
    #expect(Tensor([1.0, 2, 3]).histc(bins: 4).toArray() == [1, 0, 1, 1])
    #expect(Tensor([1.0, 1, 1]).histc(bins: 4).toArray() == [0, 0, 3, 0])
    #expect(Tensor.zeros([0], dtype: .float16).histc(bins: 2).toArray() == [0, 0])
  }

  @Test("counts and sums of weights")
  func bincount() {
    let x = Tensor([1, 2, 2], dtype: .uint8)
    #expect(x.bincount(minLength: 5).toArray(Int.self) == [0, 1, 2, 0, 0])
    let weighted = x.bincount(weights: Tensor([0.5, 1, 2]))
    #expect(weighted.toArray() == [0, 0.5, 3] && weighted.dtype == .float32)
    #expect(x.bincount(weights: Tensor([1, 2, 3])).dtype == .float64)
    #expect(Tensor.zeros([0], dtype: .int64).bincount().shape == [0])
  }

  @Test(
    "misuse is refused",
    arguments: [
      { _ = Tensor([[1, 2]]).searchsorted(1) }, { _ = Tensor(1).searchsorted(Tensor([1])) },
      { _ = Tensor.zeros(2, 3).searchsorted(Tensor.zeros(3, 3)) },
      { _ = Tensor.zeros(2, 3).searchsorted(Tensor.zeros(3)) },
      { _ = Tensor([false]).searchsorted(Tensor([true])) },
      { _ = Tensor([1, 2]).searchsorted(1, sorter: Tensor([0])) },
      { _ = Tensor([1, 2]).searchsorted(1, sorter: Tensor([0, 2])) },
      { _ = Tensor([1, 2]).searchsorted(1, sorter: Tensor([0, 1], dtype: .int32)) },
      { _ = Tensor([1]).bucketize(Tensor([[1, 2]])) }, { _ = Tensor([1, 2]).histc() },
      { _ = Tensor([1.0]).histc(bins: 0) }, { _ = Tensor([1.0]).histc(min: 2, max: 1) },
      { _ = Tensor([1, Double.infinity]).histc() },
      { _ = Tensor([1.0]).histc(min: 0, max: Double.nan) },
      { _ = Tensor([-1, 1]).bincount() }, { _ = Tensor([1.0]).bincount() },
      { _ = Tensor([[1]]).bincount() }, { _ = Tensor([1]).bincount(minLength: -1) },
      { _ = Tensor([1]).bincount(weights: Tensor([1.0, 2])) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
