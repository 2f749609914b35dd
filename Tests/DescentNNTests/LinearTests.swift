import DescentCore
import DescentNN
import Testing

/// Linear and Bilinear: PyTorch's weights for a seed, its outputs and gradients.
@Suite("Linear")
struct LinearTests {
  @Test("weights, outputs and gradients are PyTorch's")
  func values() {
    let layer = Linear(3, 2, generator: Generator(seed: 0))
    let weight: [Float] = [
      -0.0043225177, 0.30971584, -0.47518533, -0.4248946, -0.22236897, 0.15482073,
    ]
    let bias: [Float] = [-0.011439145, 0.45777494]
    #expect(layer.weight.toArray() == weight && layer.bias?.toArray() == bias)
    let x = Tensor([[1.0, 2, 3], [-1, 0, 0.5]], requiresGrad: true)
    let y = layer(x)
    #expect(y.allclose(Tensor([[-0.82188594, 0.052604556], [-0.2447093, 0.9600799]])))
    (y * Tensor([[1.0, 2], [3, 4]])).sum().backward()
    #expect(
      x.grad!.allclose(
        Tensor([[-0.85411173, -0.1350221, -0.16554388], [-1.712546, 0.0396716, -0.80627304]])))
    #expect(layer.weight.grad?.toArray() == [-2, 2, 4.5, -2, 4, 8])
    #expect(layer.bias?.grad?.toArray() == [4, 6])
  }

  @Test("any number of dimensions in front, none at all, and no bias")
  func shapes() {
    let layer = linear(3, 2, bias: false, dtype: .float64)
    Init.ones_(layer.weight)
    #expect(layer.bias == nil && layer.parameters().count == 1)
    #expect(layer(Tensor.ones(3, dtype: .float64)).toArray() == [3, 3])
    #expect(layer(Tensor.ones(4, 1, 5, 3, dtype: .float64)).shape == [4, 1, 5, 2])
    #expect(layer(Tensor.ones(0, 3, dtype: .float64)).shape == [0, 2])
    let empty = linear(0, 2)
    #expect(empty(Tensor.ones(3, 0)).toArray() == [0, 0, 0, 0, 0, 0])
  }

  @Test("bilinear weights and outputs are PyTorch's, gradients agree with differences")
  func bilinearValues() {
    let layer = Bilinear(2, 1, 2, generator: Generator(seed: 0))
    let weight: [Float] = [-0.005293981, 0.3793229, -0.58198076, -0.5203875]
    let bias: [Float] = [-0.27234524, 0.18961589]
    #expect(layer.weight.toArray() == weight && layer.bias?.toArray() == bias)
    let y = layer(Tensor([[1.0, 2]]), Tensor([[3.0]]))
    #expect(y.allclose(Tensor([[1.9877102, -4.6786513]])))
    layer.to(.float64)
    let inputs = [
      Tensor([[1.0, 2], [0.5, -1]], dtype: .float64, requiresGrad: true),
      Tensor([[3.0], [-0.25]], dtype: .float64, requiresGrad: true),
    ]
    let report = gradCheck(inputs) { [layer($0[0], $0[1])] }
    #expect(report.passed, "\(report)")
  }

  @Test("sizes that do not fit are refused with the layer's place")
  func misuse() {
    let error = #expect(throws: Misuse.self) {
      try checked { _ = linear(3, 2)(Tensor.ones(1, 4)) }
    }
    #expect(
      error.map { "\($0)" }
        == "linear: the input's last size 4 is not the weight's 3. Got input [1, 4] and weight "
        + "[2, 3]. Try a weight [out, in] with in = 4. In Linear.")
    let bodies: [@Sendable () -> Void] = [
      { _ = linear(3, 2)(Tensor(1.0)) }, { _ = linear(2, 2)(Tensor.ones(1, 2, dtype: .float64)) },
      { _ = bilinear(2, 1, 2)(Tensor.ones(1, 2), Tensor.ones(1, 2)) },
      { _ = bilinear(2, 1, 2)(Tensor.ones(3, 2), Tensor.ones(1, 1)) },
    ]
    for body in bodies { #expect(throws: Misuse.self) { try checked(body) } }
  }
}
