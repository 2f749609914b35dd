import DescentCore
import DescentNN
import Testing

/// Losses of distances and rankings: values and gradients of PyTorch 2.13.
@Suite("Margin losses")
struct MarginLossesTests {
  let input = Tensor([[0, 0.25, -1.5], [3, -0.5, 1]], dtype: .float64)
  let other = Tensor([[0.0, 1, 0.5], [0.5, -0.25, 0]], dtype: .float64)
  let signs = Tensor([[1.0, -1, 1], [-1, -1, 1]], dtype: .float64)
  let sixth = 1.0 / 6

  @Test("losses of signs")
  func signs_() {
    expectLoss(
      input, [1.1760709836156023],
      gradient: [
        -0.08333333333333333, 0.09369608348096634, -0.1362624126989406, 0.15876235447040551,
        0.0629234447996909, -0.04482357022833252,
      ]
    ) { SoftMarginLoss()($0, signs) }
    expectLoss(
      input, [0.20833333333333334], gradient: [sixth, -sixth, sixth, 0, -sixth, sixth]
    ) { HingeEmbeddingLoss(margin: 0.75)($0, signs) }
    expectLoss(
      input, [1.0416666666666667], gradient: [-sixth, 0, -sixth, sixth, sixth, 0]
    ) { MarginRankingLoss(margin: 0.5)($0, other, signs) }
  }

  @Test("losses of classes")
  func classes() {
    let weight = Tensor([0.5, 2, 1.5], dtype: .float64)
    expectLoss(
      input, [1.248818753739368],
      gradient: [
        -0.041666666666666664, 0.18739216696193273, -0.2043936190484109, 0.07938117723520277,
        0.1258468895993818, -0.06723535534249878,
      ]
    ) { MultiLabelSoftMarginLoss(weight: weight)($0, (signs .> 0).to(.float64)) }
    let target = Tensor([1, 0])
    expectLoss(input, [0.020833333333333332], gradient: [sixth, -sixth, 0, 0, 0, 0]) {
      MultiMarginLoss(weight: weight, p: 2, margin: 0.5)($0, target)
    }
    expectLoss(input, [0.25, 0], gradient: [1.0 / 3, -1.0 / 3, 0, 0, 0, 0]) {
      MultiMarginLoss(reduction: .none)($0, target)
    }
    expectLoss(input, [0.125], gradient: [sixth, -sixth, 0, 0, 0, 0]) {
      MultiLabelMarginLoss()($0, Tensor([[1, -1, 0], [2, 0, -1]]))
    }
  }

  @Test("losses of vectors")
  func vectors() {
    expectLoss(
      input, [1.0510226166681482],
      gradient: [
        0, -0.309982381206921, -0.0516637302011959, 0.006813954105070796, -0.04769767873540691,
        -0.04429070168287152,
      ]
    ) { CosineEmbeddingLoss(margin: 0.1)($0, other, Tensor([1.0, -1], dtype: .float64)) }
    expectLoss(
      input, [1.2981565912338007],
      gradient: [
        2.3408243548300972e-07, -0.1755615925298218, -0.468164636883584, 0.4622501429765325,
        -0.04622481090767169, 0.18490016813060292,
      ]
    ) { TripletMarginLoss(swap: true)($0, other, signs) }
    expectLoss(input, [1.2499979999999997], gradient: [2, -2, 0, 0, -2, 0]) {
      TripletMarginLoss(margin: 2, p: 1, reduction: .sum)($0, other, signs)
    }
    let distance = { (a: Tensor, b: Tensor) in (a - b).square().sum(dim: -1) }
    expectLoss(input, [9.40625], gradient: [1, -2, 0.5, -1.5, -0.75, 1]) {
      TripletMarginWithDistanceLoss(margin: 16, distance: distance)($0, other, signs)
    }
  }

  @Test("misuse is refused with a message")
  func misuse() {
    let error = #expect(throws: Misuse.self) {
      try checked { _ = MultiMarginLoss(p: 3)(input, Tensor([0, 1])) }
    }
    #expect(
      error.map { "\($0)" } == "multiMarginLoss: p is 1 or 2. Got 3. Try p: 1. In MultiMarginLoss.")
    let bodies: [() -> Void] = [
      { _ = MultiLabelMarginLoss()(input, Tensor([0, 1])) },
      { _ = CosineEmbeddingLoss()(input, other, signs) },
      { _ = TripletMarginLoss(margin: 0)(input, other, signs) },
      { _ = MarginRankingLoss()(input, other, Tensor([1.0])) },
    ]
    for body in bodies { #expect(throws: Misuse.self) { try checked { body() } } }
  }
}
