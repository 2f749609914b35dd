import DescentCore
import DescentNN
import Testing

/// The dropout layers: PyTorch's masks for a seed, nothing to do outside training.
@Suite("Dropout")
struct DropoutTests {
  /// The output for ones and the gradient of its sum.
  private func run(_ layer: Module, _ shape: Shape) -> (output: [Float], gradient: [Float]) {
    let x = Tensor.full(shape, 1.0, dtype: .float32)
    x.requiresGrad = true
    let y = layer(x)
    y.sum().backward()
    #expect(y.shape == x.shape)
    return (y.toArray(), x.grad!.toArray())
  }

  @Test("masks are PyTorch's for seed 5, and the gradient has the same")
  func masks() {
    let kept: [Float] = [1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1]
    let (output, gradient) = run(Dropout(0.3, generator: Generator(seed: 5)), [3, 5])
    #expect(output == kept.map { $0 * 1.4285715 } && gradient == output)
  }

  @Test("whole channels are dropped")
  func channels() {
    let kept: [Float] = [0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0]
    func generator() -> Generator { Generator(seed: 5) }
    #expect(run(Dropout1d(0.5, generator: generator()), [2, 3, 2]) == (kept, kept))
    #expect(run(Dropout1d(0.5, generator: generator()), [6, 2]) == (kept, kept))
    #expect(run(Dropout2d(0.5, generator: generator()), [2, 3, 1, 2]) == (kept, kept))
    let first = Array(kept.prefix(8))
    #expect(run(Dropout3d(0.5, generator: generator()), [4, 1, 1, 1, 2]) == (first, first))
    #expect(run(Dropout3d(0.5, generator: generator()), [4, 1, 1, 2]) == (first, first))
  }

  @Test("alpha dropout replaces by SELU's limit and corrects mean and variance")
  func alpha() {
    let (output, gradient) = run(AlphaDropout(0.3, generator: Generator(seed: 5)), [2, 3])
    #expect(
      Tensor(output).allclose(
        Tensor([1.3150446, 1.3150446, 1.3150446, 1.3150446, 1.3150446, -1.0595483])))
    #expect(
      Tensor(gradient).allclose(
        Tensor([0.8609526, 0.8609526, 0.8609526, 0.8609526, 0.8609526, 0])))
    let feature = run(FeatureAlphaDropout(0.5, generator: Generator(seed: 5)), [2, 2, 2])
    #expect(
      Tensor(feature.output).allclose(
        Tensor([-0.77919394, -0.77919394] + [Double](repeating: 1.6655989, count: 6))))
    #expect(feature.gradient.prefix(2) == [0, 0] && feature.gradient[2] > 0.88)
  }

  @Test("in evaluation mode and for probability 0 the input passes; probability 1 drops all")
  func limits() {
    let layers: [DropoutLayer] = [
      Dropout(0.9), Dropout1d(0.9), Dropout2d(0.9), AlphaDropout(0.9), FeatureAlphaDropout(0.9),
    ]
    let ones = [Float](repeating: 1, count: 24)
    for layer in layers { #expect(run(layer.eval(), [2, 3, 4]) == (ones, ones), "\(layer)") }
    #expect(run(Dropout(0), [2, 3, 4]) == (ones, ones))
    #expect(run(Dropout(1, generator: Generator(seed: 5)), [3]) == ([0, 0, 0], [0, 0, 0]))
  }

  @Test("misuse is refused with a message")
  func misuse() {
    let error = #expect(throws: Misuse.self) { try checked { _ = Dropout(1.5) } }
    #expect(error.map { "\($0)" } == "Dropout: p is a probability. Got 1.5. Try 0 to 1.")
    let bodies: [@Sendable () -> Void] = [
      { _ = AlphaDropout(-0.1) }, { _ = Dropout(.nan) }, { _ = Dropout1d()(Tensor.ones(3)) },
      { _ = Dropout2d()(Tensor.ones(2, 2)) }, { _ = Dropout3d()(Tensor.ones(2, 2, 2)) },
    ]
    for body in bodies { #expect(throws: Misuse.self) { try checked(body) } }
  }
}
