import DescentCore
import DescentNN
import Testing

/// Losses of regression: values and gradients of PyTorch 2.13.
@Suite("Regression losses")
struct RegressionLossesTests {
  let input = Tensor([[0, 0.25, -1.5], [3, -0.5, 1]], dtype: .float64)
  let target = Tensor([[0.0, 1, 0.5], [0.5, -0.25, 0]], dtype: .float64)
  let sixth = 1.0 / 6

  @Test("squared and absolute differences, reduced in every way")
  func differences() {
    expectLoss(
      input, [1.9791666666666667],
      gradient: [0, -0.25, -0.6666666666666666, 0.8333333333333333, -0.08333333333333333, 1.0 / 3]
    ) { MSELoss()($0, target) }
    expectLoss(input, [11.875], gradient: [0, -1.5, -4, 5, -0.5, 2]) {
      MSELoss(reduction: .sum)($0, target)
    }
    expectLoss(
      input, [1.0833333333333333], gradient: [0, -sixth, -sixth, sixth, -sixth, sixth]
    ) { L1Loss()($0, target) }
    expectLoss(input, [0, 0.75, 2, 2.5, 0.25, 1], gradient: [0, -2, -3, 4, -5, 6]) {
      L1Loss(reduction: .none)($0, target)
    }
  }

  @Test("losses that change from squares to absolute values")
  func smooth() {
    expectLoss(
      input, [0.8854166666666666], gradient: [0, -sixth, -sixth, sixth, -sixth / 2, sixth]
    ) { SmoothL1Loss(beta: 0.5)($0, target) }
    expectLoss(
      input, [0.96875],
      gradient: [0, -0.125, -1.0 / 3, 1.0 / 3, -0.041666666666666664, sixth]
    ) { HuberLoss(delta: 2)($0, target) }
    expectLoss(input, [2.65625], gradient: [0, -0.5, -0.5, 0.5, -0.25, 0.5]) {
      HuberLoss(delta: 0.5, reduction: .sum)($0, target)
    }
    expectLoss(
      input, [1.0833333333333333], gradient: [0, -sixth, -sixth, sixth, -sixth, sixth]
    ) { SmoothL1Loss(beta: 0)($0, target) }
  }

  @Test("likelihoods of counts and of normal distributions")
  func likelihoods() {
    expectLoss(
      input, [4.173750831365919],
      gradient: [
        0.16666666666666666, 0.04733756944795689, -0.04614497330859503, 3.264256153864611,
        0.05942177661877223, 0.45304697140984085,
      ]
    ) { PoissonNLLLoss()($0, target.abs()) }
    let counts = Tensor([[0.0, 1, 4], [2, 3, 0]], dtype: .float64)
    expectLoss(
      input.abs(), [1.9116336576815485],
      gradient: [
        0.16666666666666666, -0.49999997333333446, -0.2777777748148148, 0.055555555925925926,
        -0.8333333133333337, 0.16666666666666666,
      ]
    ) { PoissonNLLLoss(logInput: false, full: true)($0, counts) }
    let variance = Tensor([[1.0], [0.25]], dtype: .float64)
    expectLoss(
      input, [3.390073276258033],
      gradient: [0, -0.125, -1.0 / 3, 1.6666666666666665, -sixth, 0.6666666666666666]
    ) { GaussianNLLLoss(full: true)($0, target, variance) }
  }

  @Test("divergence of distributions")
  func divergence() {
    expectLoss(input, [-0.957360385419959], gradient: [0, -0.5, -0.25, -0.25, -0.125, 0]) {
      KLDivLoss(reduction: .batchMean)($0, target.abs())
    }
    expectLoss(
      input, [0.06817515529367846],
      gradient: [
        -0.16666666666666666, -0.45304697140984085, -0.27478687845002137, -0.27478687845002137,
        -0.1298001305119008, -0.16666666666666666,
      ]
    ) { KLDivLoss(logTarget: true)($0, target) }
  }

  @Test("misuse is refused with a message")
  func misuse() {
    let messages: [(String, () -> Void)] = [
      (
        "huberLoss: delta is not positive. Got 0.0. Try a positive delta. In HuberLoss.",
        { _ = HuberLoss(delta: 0)(input, target) }
      ),
      (
        "smoothL1Loss: beta is negative. Got -1.0. Try 0 or more. In SmoothL1Loss.",
        { _ = SmoothL1Loss(beta: -1)(input, target) }
      ),
      (
        "gaussianNLLLoss: a variance is negative. Got negative elements. Try softplus or exp of "
          + "what the model gives. In GaussianNLLLoss.",
        { _ = GaussianNLLLoss()(input, target, -target.abs()) }
      ),
    ]
    for (message, body) in messages {
      let error = #expect(throws: Misuse.self) { try checked { body() } }
      #expect(error.map { "\($0)" } == message)
    }
  }
}
