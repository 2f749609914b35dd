import DescentCore
import DescentNN
import Testing

/// Checks a loss of float64 inputs against what PyTorch 2.13 printed; a result of several elements is
/// weighed with 1, 2, … before the gradient is taken.
func expectLoss(
  _ input: Tensor, _ value: [Double], gradient: [Double],
  sourceLocation: SourceLocation = #_sourceLocation, _ body: (Tensor) -> Tensor
) {
  let x = input.detach().clone()
  x.requiresGrad = true
  let loss = body(x)
  let expected = Tensor(value, shape: loss.shape)
  #expect(
    loss.allclose(expected, rtol: 1e-12, atol: 1e-14, equalNaN: true), "\(loss)",
    sourceLocation: sourceLocation)
  let weights = Tensor.arange(1, loss.numel() + 1).to(.float64).view(Array(loss.shape))
  (loss * weights).sum().backward()
  #expect(
    x.grad!.allclose(
      Tensor(gradient, shape: x.shape), rtol: 1e-12, atol: 1e-14),
    "\(x.grad!)", sourceLocation: sourceLocation)
}

private final class Asymmetric: Loss {
  override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    let loss = (input - target).relu()
    return reduction == .sum ? loss.sum() : loss.mean()
  }
}

/// The base of all losses.
@Suite("Loss")
struct LossTests {
  @Test("a loss of one's own has the reduction and is called with input and target")
  func own() {
    let (x, y) = (Tensor([1.0, 5], requiresGrad: true), Tensor([2.0, 2]))
    let loss = Asymmetric(reduction: .sum)(x, y)
    loss.backward()
    #expect(loss.item() == 3 && x.grad?.toArray() == [0, 1] && Asymmetric()(x, y).item() == 1.5)
    #expect("\(Asymmetric())" == "Asymmetric()")
  }

  @Test("a loss without forward says so, and a misuse inside names the loss")
  func misuse() {
    let bare = #expect(throws: Misuse.self) {
      try checked { _ = Loss()(Tensor.ones(1), Tensor.ones(1)) }
    }
    #expect(bare?.problem == "the module has no forward of one input")
    let error = #expect(throws: Misuse.self) {
      try checked { _ = MSELoss()(Tensor.ones(3), Tensor.ones(4)) }
    }
    #expect(error?.modulePath == "MSELoss")
  }
}
