import DescentCore
import DescentNN
import Testing

/// Losses of classification: values and gradients of PyTorch for weights, ignored classes, smoothing and
/// reductions.
@Suite("Classification losses")
struct ClassificationLossesTests {
  let logits = Tensor(
    [[0.5, -1.25, 2.0], [1.5, 0.25, -0.75], [-0.5, 1.0, 0.0], [2.5, -2.0, 0.125]], dtype: .float64)
  let classes = Tensor([2, 0, 1, 2])
  let weight = Tensor([0.5, 2, 1.5], dtype: .float64)

  @Test("cross entropy of class indices")
  func crossEntropy() {
    expectLoss(
      logits, [0.8754287928126125],
      gradient: [
        0.044205045526861074, 0.007681685081609108, -0.05188673060847018, -0.07038991471223377,
        0.05145915099941289, 0.01893076371282088, 0.03506109579152212, -0.09286707019705939,
        0.05780597440553726, 0.22642394915676467, 0.0025153428673576513, -0.2289392920241223,
      ]
    ) { CrossEntropyLoss()($0, classes) }
    expectLoss(
      logits, [0.3975206967575845],
      gradient: [
        0, 0, 0, -0.14077982942446754, 0.10291830199882578, 0.03786152742564176,
        0.07012219158304424, -0.18573414039411879, 0.11561194881107452, 0, 0, 0,
      ]
    ) { CrossEntropyLoss(ignoreIndex: 2)($0, classes) }
    expectLoss(
      logits, [5.154084539522424],
      gradient: [
        0.26523027316116643, 0.04609011048965465, -0.3113203836508211, -0.14077982942446754,
        0.10291830199882578, 0.03786152742564176, 0.28048876633217695, -0.7429365615764751,
        0.4624477952442981, 1.358543694940588, 0.015092057204145908, -1.3736357521447338,
      ]
    ) { CrossEntropyLoss(weight: weight, reduction: .sum)($0, classes) }
  }

  @Test("cross entropy with smoothed labels, weights and ignored classes together")
  func smoothing() {
    expectLoss(
      logits, [0.9629287928126126],
      gradient: [
        0.03587171219352774, -0.0006516482517242251, -0.03522006394180352, -0.05372324804556711,
        0.043125817666079556, 0.010597430379487545, 0.026727762458188788, -0.07620040353039273,
        0.04947264107220393, 0.21809061582343134, -0.005817990465975682, -0.21227262535745564,
      ]
    ) { CrossEntropyLoss(labelSmoothing: 0.1)($0, classes) }
    expectLoss(
      logits, [1.1348219875359822],
      gradient: [
        0.045200586751516995, -0.01765348950424531, -0.02754709724727169, 0, 0, 0,
        0.04569123638200637, -0.11201482482760869, 0.06632358844560231, 0.2590041003439372,
        -0.023715331035633686, -0.2352887693083035,
      ]
    ) { CrossEntropyLoss(weight: weight, ignoreIndex: 0, labelSmoothing: 0.2)($0, classes) }
    expectLoss(
      logits, [0, 0.38872568882088077, 0.9727796492753602, 0],
      gradient: [
        0, 0, 0, -0.09515293532375756, 0.1068093713305935, -0.0116564360068359,
        0.7634174223633132, -1.954516028571778, 1.1910986062084645, 0, 0, 0,
      ]
    ) {
      CrossEntropyLoss(weight: weight, ignoreIndex: 2, labelSmoothing: 0.1, reduction: .none)(
        $0, classes)
    }
  }

  @Test("cross entropy of class probabilities, and of ignored classes alone")
  func probabilities() {
    let target = Tensor([[1.0, 2, 3], [3, 2, 1], [0, 0, 0], [1, 0, 1]], dtype: .float64).softmax(
      dim: 1)
    expectLoss(
      logits, [1.9878515411576694],
      gradient: [
        0.05256209129806405, -0.11517643979301989, 0.06261434849495583, 0.0996598316969082,
        -0.07560578226801351, -0.024054049428894716, 0.005081461055362825, 0.04284390640392081,
        -0.047925367459283656, 0.2139538747139367, -0.08362884986855491, -0.13032502484538175,
      ]
    ) { CrossEntropyLoss(weight: weight, labelSmoothing: 0.1)($0, target) }
    expectLoss(logits, [.nan], gradient: [Double](repeating: 0, count: 12)) {
      CrossEntropyLoss(ignoreIndex: 2)($0, Tensor([2, 2, 2, 2]))
    }
  }

  @Test("negative log-likelihood with weights, ignored classes and reductions")
  func nll() {
    expectLoss(logits, [-1.15625], gradient: [0, 0, -0.25, -0.25, 0, 0, 0, -0.25, 0, 0, 0, -0.25]) {
      NLLLoss()($0, classes)
    }
    expectLoss(logits, [-1.0375], gradient: [0, 0, -0.3, 0, 0, 0, 0, -0.4, 0, 0, 0, -0.3]) {
      NLLLoss(weight: weight, ignoreIndex: 0)($0, classes)
    }
    expectLoss(
      logits, [-3, -0.75, -2, -0.1875], gradient: [0, 0, -1.5, -1, 0, 0, 0, -6, 0, 0, 0, -6]
    ) { NLLLoss(weight: weight, reduction: .none)($0, classes) }
  }

  @Test("binary cross entropy of probabilities and of logits")
  func binary() {
    let target = Tensor([[1.0, 0], [0.5, 1]], dtype: .float64)
    let weight = Tensor([2.0, 0.5], dtype: .float64)
    expectLoss(
      Tensor([[0.25, 0.5], [0.9, 0]], dtype: .float64), [13.881776980292907],
      gradient: [-2, 0.25, 2.2222222222222228, -125000000499.47536]
    ) { BCELoss(weight: weight)($0, target) }
    let posWeight = Tensor([3.0, 0.25], dtype: .float64)
    expectLoss(
      Tensor([[0.25, -3], [50, 1.5]], dtype: .float64), [53.50510685480778],
      gradient: [-2.626940994685212, 0.02371293658878339, 1.0, -0.022803190475794544]
    ) { BCEWithLogitsLoss(weight: weight, posWeight: posWeight, reduction: .sum)($0, target) }
  }

  @Test("weights belong to the state, under PyTorch's names")
  func state() {
    let loss = BCEWithLogitsLoss(weight: Tensor([1.0]), posWeight: Tensor([2.0]))
    #expect(loss.stateDict().keys == ["weight", "pos_weight"] && loss.parameters().isEmpty)
    #expect(CrossEntropyLoss().stateDict().count == 0)
    #expect(CrossEntropyLoss(weight: weight).to(.float32).weight?.dtype == .float32)
  }

  @Test("misuse is refused with a message")
  func misuse() {
    let logits = Tensor.ones(4, 3)
    let messages: [(String, () -> Void)] = [
      (
        "nllLoss: input and target do not fit together. Got input [4, 3], target [3]. Try a target "
          + "of shape [4]. In NLLLoss.",
        { _ = NLLLoss()(logits, Tensor([0, 1, 2])) }
      ),
      (
        "crossEntropy: class indices are integers. Got bool. Try to(.int64). In CrossEntropyLoss.",
        { _ = CrossEntropyLoss()(logits, Tensor([0, 1, 1, 0]).bool()) }
      ),
      (
        "crossEntropy: label smoothing is a share. Got 1.5. Try 0 to 1. In CrossEntropyLoss.",
        { _ = CrossEntropyLoss(labelSmoothing: 1.5)(logits, Tensor([0, 1, 2, 0])) }
      ),
      (
        "crossEntropy: weight has one number a class. Got [2] for 3 classes. Try a weight of shape "
          + "[3]. In CrossEntropyLoss.",
        { _ = CrossEntropyLoss(weight: Tensor([1.0, 2]))(logits, Tensor([0, 1, 2, 0])) }
      ),
      (
        "binaryCrossEntropy: the input holds no probabilities. Got elements outside 0 to 1. Try "
          + "sigmoid() first, or binaryCrossEntropyWithLogits. In BCELoss.",
        { _ = BCELoss()(Tensor([1.5]), Tensor([1.0])) }
      ),
    ]
    for (message, body) in messages {
      let error = #expect(throws: Misuse.self) { try checked { body() } }
      #expect(error.map { "\($0)" } == message)
    }
    for target in [Tensor([0, 1, 2, 3]), Tensor([0, 1, 2, -1])] {
      #expect(throws: Misuse.self) { try checked { _ = CrossEntropyLoss()(logits, target) } }
      #expect(throws: Misuse.self) { try checked { _ = NLLLoss()(logits, target) } }
    }
  }
}
