import DescentCore
import Testing

@Suite("Indexing")
struct IndexingTests {
  let x = Tensor.arange(24).view(2, 3, 4)

  @Test("positions, ranges, steps and marks give the views of PyTorch")
  func basic() {
    #expect(x[1].shape == [3, 4])
    #expect(x[-1, 0].toArray(Int.self) == [12, 13, 14, 15])
    #expect(x[0, 1..<3, 2].toArray(Int.self) == [6, 10])
    #expect(x[.ellipsis, 0].shape == [2, 3])
    #expect(x[0, .all, .slice(from: -3, step: 2)].toArray(Int.self) == [1, 3, 5, 7, 9, 11])
    #expect(x[.newAxis, 0, .ellipsis, .newAxis].shape == [1, 3, 4, 1])
    #expect(x[...].shape == x.shape && x[0, 1..., ..<2].toArray(Int.self) == [4, 5, 8, 9])
    #expect(x[0, 3..<9].shape == [0, 4])
    #expect(x[1].sharesStorage(with: x))
  }

  @Test("index tensors, lists and masks follow PyTorch's rule for the place of their dims")
  func advanced() {
    #expect(x[[0, 1, 1]].shape == [3, 3, 4])
    #expect(
      x[.all, [0, 2]].toArray(Int.self) == [
        0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23,
      ])
    #expect(x[[0, 1], .all, [1, 2]].toArray(Int.self) == [1, 5, 9, 14, 18, 22])
    #expect(x[.all, [0, 2], [1, -1]].toArray(Int.self) == [1, 11, 13, 23])
    #expect(x[x .> 20].toArray(Int.self) == [21, 22, 23])
    #expect(x[.all, Tensor([true, false, true])].shape == [2, 2, 4])
    #expect(x[true].shape == [1, 2, 3, 4] && x[false].shape == [0, 2, 3, 4])
    #expect(x[Tensor([[0], [1]]), [0, 1, 2]].shape == [2, 3, 4])
  }

  @Test("assignment changes the part, and reading back changes nothing")
  func assignment() {
    let y = Tensor.zeros(2, 3)
    y[0] = 1.5
    y[1, 1...] = Tensor([2.0, 3.0])
    y[y .> 2.5] = 9
    y[.all, [0]] += 1
    #expect(y.toArray() == [2.5, 1.5, 1.5, 1, 2, 9])
    y[...] = Tensor([1, 2, 3])
    #expect(y.toArray() == [1, 2, 3, 1, 2, 3])
  }

  @Test("assignment is recorded: the old value's gradient is cleared there")
  func gradient() {
    let a = Tensor.ones(3, 2, requiresGrad: true)
    let v = Tensor([5.0, 6.0], requiresGrad: true)
    let h = a * 2
    h[1] = v
    h[[0, 2], 0] = v * 3
    (h * h).sum().backward()
    #expect(a.grad?.toArray() == [0, 8, 0, 0, 0, 8])
    #expect(v.grad?.toArray() == [10 + 90, 12 + 108])
    #expect(h.gradFn?.name == "IndexPutBackward0")
  }

  @Test(
    "misuse names the dimension and its size",
    arguments: [
      ("index 2 is out of range for dimension 0 of size 2", { (x: Tensor) in _ = x[2] }),
      ("index -4 is out of range for dimension 1 of size 3", { x in _ = x[.all, -4] }),
      ("index 4 is out of range for dimension 1 of size 4", { x in _ = x[0, [0, 1], [1, 4]] }),
      ("there are too many indices", { x in _ = x[0, 0, 0, 0] }),
      ("only one ellipsis", { x in _ = x[.ellipsis, .ellipsis] }),
      ("a step must be positive", { x in _ = x[.slice(step: -1)] }),
      ("an index tensor holds int64", { x in _ = x[Tensor([0.0])] }),
      ("the mask's size 3 does not match", { x in _ = x[Tensor([true, false, true])] }),
    ] as [(String, @Sendable (Tensor) -> Void)])
  func misuse(_ text: String, _ body: @Sendable (Tensor) -> Void) {
    let error = #expect(throws: Misuse.self) { try checked { body(x) } }
    #expect(error?.description.contains(text) == true, "\(String(describing: error))")
  }

  @Test("rows come out one after the other")
  func rows() {
    var sums: [Int] = []
    for row in x { sums.append(row.toArray(Int.self).reduce(0, +)) }
    #expect(sums == [66, 210] && x.count == 2)
  }
}

@Suite("Changes in place through views")
struct ViewChangeTests {
  @Test("a change of a view reaches the base's gradient, and the other way round")
  func both() {
    let x = Tensor([1.0, 2.0, 3.0, 4.0], requiresGrad: true)
    let h = (x * 1).view(2, 2)
    let row = h[0]
    let column = h.t()[0]
    row *= 3
    h += h.detach()
    (column * column).sum().backward()
    #expect(column.gradFn?.name == "AsStridedBackward0")
    #expect(x.grad?.toArray() == [36, 0, 24, 0])
  }

  @Test("an expanded view of a changed base sums its gradient")
  func expanded() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    let h = x * 1
    let wide = h.expand(3, 2)
    h *= 2
    wide.sum().backward()
    #expect(x.grad?.toArray() == [6, 6])
  }

  @Test("leaves, their views and one of several views are refused")
  func refused() {
    let x = Tensor.ones(2, 2, requiresGrad: true)
    let h = x * 2
    for change in [
      { x.mul_(x) }, { x[0].fill_(1) }, { x.t().indexAdd_(0, Tensor([0]), Tensor.ones(1, 2)) },
      { h.unbind()[0].fill_(1) }, { h.split(1)[1].zero_() },
      { Tensor.ones(1, 2).expand(2, 2).zero_() },
      { x.t_() },
    ] as [() -> Tensor] {
      #expect(throws: Misuse.self) { try checked { _ = change() } }
    }
    noGrad { _ = x[0].fill_(1) }
  }

  @Test("an operand that its own operation changes is noticed in backward")
  func ownOperand() {
    let x = Tensor.ones(2, requiresGrad: true)
    let h = x * 2
    h.mul_(h)
    let error = #expect(throws: Misuse.self) { try checked { h.sum().backward() } }
    #expect(error?.problem.contains("changed in place") == true)
  }
}
