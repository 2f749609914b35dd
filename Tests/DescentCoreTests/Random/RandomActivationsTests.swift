import DescentCore
import Testing

/// rrelu and gumbelSoftmax; their numbers are compared with PyTorch's by the goldens.
@Suite("Random activations")
struct RandomActivationsTests {
  @Test("slopes are drawn in training for elements that are not positive")
  func rrelu() {
    let x = Tensor([-2.0, 0, 3, .nan, -1], requiresGrad: true)
    #expect(x.rrelu(lower: 0.25, upper: 0.75).toArray()[0] == -1)
    let y = x.rrelu(lower: 0.25, upper: 0.75, training: true, generator: Generator(seed: 1))
    y.sum().backward()
    let (slopes, values) = (x.grad!.toArray(), y.toArray())
    #expect(slopes[2] == 1 && slopes[3] == 1 && values[3].isNaN)
    for i in [0, 1, 4] { #expect((0.25..<0.75).contains(slopes[i])) }
    #expect(values[0] == -2 * slopes[0] && y.gradFn?.name == "RreluWithNoiseBackward0")
  }

  @Test("samples add up to 1; hard ones are one-hot with the gradient of soft ones")
  func gumbelSoftmax() {
    let x = Tensor.rand(50, 4, requiresGrad: true, generator: Generator(seed: 3))
    let soft = x.gumbelSoftmax(tau: 0.5, generator: Generator(seed: 2))
    #expect(soft.sum(dim: -1).allclose(Tensor.ones(50)))
    let hard = x.gumbelSoftmax(tau: 0.5, hard: true, generator: Generator(seed: 2))
    #expect(hard.round().toArray() == soft.argmax(dim: -1).oneHot(numClasses: 4).toArray())
    let weights = Tensor.rand(50, 4, generator: Generator(seed: 4))
    let gradients = [soft, hard].map { grad(($0 * weights).sum(), x) }
    #expect(gradients[0].allclose(gradients[1]))
  }

  @Test(
    "misuse is refused",
    arguments: [
      { _ = Tensor([1]).rrelu() }, { _ = Tensor([1.0]).rrelu(lower: 0.5, upper: 0.1) },
      { _ = Tensor([1]).gumbelSoftmax() }, { _ = Tensor([1.0]).gumbelSoftmax(dim: 1) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
