import Testing

@testable import DescentCore

/// Strides of results, which PyTorch 2.13 printed.
@Suite(.serialized) struct ResultLayoutTests {
  private let a = Tensor.arange(12, dtype: .float32).reshape([3, 4])
  private var at: Tensor { a.t() }
  private let b = Tensor.ones(4, 3)
  private let v = Tensor.ones(3)

  @Test("a result lies as the first operand of its shape does")
  func order() {
    let results: [(Tensor, [Int])] = [
      (at + at, [1, 4]), (at + b, [1, 4]), (b + at, [3, 1]), (v + at, [1, 4]),
      (at[1..<3] + 1, [1, 2]), (at[0..., 1...] * at[0..., 1...], [1, 4]),
      (v.expand(4, 3) + 1, [3, 1]), (at .> 0, [1, 4]), (Tensor.where(at .> 0, at, b), [1, 4]),
      (at.unsqueeze(0) * 2, [4, 1, 4]), (v.unsqueeze(1) + Tensor.ones(5), [5, 1]),
    ]
    for (i, (result, strides)) in results.enumerated() {
      #expect(result.strides == strides, "result \(i)")
    }
    #expect((at + b).equal(at.contiguous() + b))
    #expect((at * b[0..., 0..<1]).equal(at.contiguous() * b[0..., 0..<1]))
  }

  @Test("channels that lie last stay last, in gradients too")
  func channelsLast() {
    let c = Tensor.ones(2, 5, 6, 3).permute(0, 3, 1, 2).detach().requiresGrad_()
    let strides = [90, 1, 18, 3]
    let y = c.relu()
    #expect(y.strides == strides)
    y.sum().backward()
    #expect(c.grad!.strides == strides)
    c.grad = nil
    (c * c).sum().backward()
    #expect(c.grad!.strides == strides)
    #expect((c + Tensor.ones(3, 1, 1)).strides == strides)
  }

  @Test("lines of a transposed tensor give what those of its copy give")
  func lines() {
    let x = Tensor.randn(7, 9).t()
    for dim in 0..<2 {
      #expect(x.softmax(dim: dim).equal(x.contiguous().softmax(dim: dim)))
      #expect(x.cumsum(dim: dim).equal(x.contiguous().cumsum(dim: dim)))
      #expect(x.cummax(dim: dim).indices.equal(x.contiguous().cummax(dim: dim).indices))
    }
  }
}
