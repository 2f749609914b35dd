import DescentCore
import DescentOptim
import Testing

/// Clipping of gradients: norms and results of PyTorch 2.13.
@Suite("Clipping")
struct ClippingTests {
  /// Leaves with these gradients, and one without.
  private func parameters(_ gradients: [[Double]]) -> [Tensor] {
    gradients.map { values in
      let tensor = Tensor.zeros([values.count], dtype: .float64, requiresGrad: true)
      tensor.grad = Tensor(values, dtype: .float64)
      return tensor
    } + [Tensor.zeros(3, requiresGrad: true)]
  }

  private func gradients(_ parameters: [Tensor]) -> [Double] {
    parameters.compactMap(\.grad).flatMap { $0.toArray(Double.self) }
  }

  @Test(
    "the norm of all gradients together is limited",
    arguments: [
      (2, 13, [0.5769230325443822, -0.7692307100591762, 0, 2.3076921301775286]),
      (1, 19, [0.394736821329641, -0.5263157617728547, 0, 1.578947285318564]),
      (3, 12.207054953820634, [0.6143987566185118, -0.8191983421580158, 0, 2.4575950264740474]),
      (0.5, 51.78460969082653, [0.14483067266408164, -0.19310756355210887, 0, 0.5793226906563266]),
      (.infinity, 12, [0.624999947916671, -0.8333332638888947, 0, 2.499999791666684]),
      (-.infinity, 0, [3, -4, 0, 12]), (0, 2, [3, -4, 0, 12]),
    ] as [(Double, Double, [Double])])
  func norms(_ p: Double, _ norm: Double, _ clipped: [Double]) {
    let parameters = parameters([[3, -4], [0, 12]])
    let storage = parameters[0].grad
    let total = clipGradNorm_(parameters, maxNorm: 2.5, normType: p)
    #expect(total.shape == [] && abs(total.item() - norm) <= 1e-13 * norm)
    #expect(parameters[0].grad === storage && parameters[2].grad == nil)
    for (own, expected) in zip(gradients(parameters), clipped) {
      #expect(abs(own - expected) <= 1e-13)
    }
  }

  @Test("gradients within the limit, zeros and no gradients at all stay as they are")
  func within() {
    let small = parameters([[3, -4], [0, 12]])
    #expect(clipGradNorm_(small, maxNorm: 20).item() == 13 && gradients(small) == [3, -4, 0, 12])
    let zeros = parameters([[0, 0]])
    #expect(clipGradNorm_(zeros, maxNorm: 1).item() == 0 && gradients(zeros) == [0, 0])
    #expect(clipGradNorm_(parameters([]), maxNorm: 1).item() == 0)
    let one = parameters([[6, 8]])
    #expect(clipGradNorm_(one, maxNorm: 5).item() == 10)
    #expect(abs(gradients(one)[0] - 3) < 1e-6 && abs(gradients(one)[1] - 4) < 1e-6)
  }

  @Test("what is not finite spreads as in PyTorch, or is refused before anything changes")
  func nonfinite() {
    let broken = parameters([[3, .nan], [0, 1]])
    let error = #expect(throws: Misuse.self) {
      try checked { clipGradNorm_(broken, maxNorm: 1, errorIfNonfinite: true) }
    }
    #expect(
      error.map { "\($0)" }
        == "clipGradNorm_: the norm of the gradients is not finite. Got nan. Try detectAnomaly, or "
        + "errorIfNonfinite: false to go on.")
    #expect(gradients(broken)[0] == 3)
    #expect(clipGradNorm_(broken, maxNorm: 1).item().isNaN)
    #expect(gradients(broken).allSatisfy { $0.isNaN })
    for p in [2, Double.infinity] {
      let infinite = parameters([[3, .infinity], [0, 1]])
      #expect(clipGradNorm_(infinite, maxNorm: 20, normType: p).item() == .infinity)
      let clipped = gradients(infinite)
      #expect(clipped[0] == 0 && clipped[1].isNaN && clipped[3] == 0)
    }
  }

  @Test("values are limited on both sides, in place; NaN stays")
  func values() {
    let parameters = parameters([[3, .nan], [-.infinity, 1]])
    let storage = parameters[0].grad
    clipGradValue_(parameters, 2)
    let clipped = gradients(parameters)
    #expect(clipped[0] == 2 && clipped[1].isNaN && clipped[2] == -2 && clipped[3] == 1)
    #expect(parameters[0].grad === storage && parameters[2].grad == nil)
  }
}
