import DescentCore
import DescentNN
import Testing

private final class Listed: Module {
  let layers = [linear(2, 3), linear(3, 2, bias: false)]
  let head = Sequential(linear(2, 1))
  var steps = Buffer(Tensor([0]))
  override func forward(_ x: Tensor) -> Tensor { head(layers.reduce(x) { $1($0) }) }
}

/// The table of layers that `summary` gives; sizes counted by hand.
@Suite("Module summary")
struct SummaryTests {
  @Test("the table lists layers, shapes, parameters, multiply-adds and memory")
  func table() {
    let model = Sequential(linear(4, 8), ReLU(), Sequential(linear(8, 3, bias: false)))
    #expect(
      model.summary(input: Tensor.zeros(2, 4)).description == """
        Layer              Output shape  Parameters  Multiply-adds
        ----------------------------------------------------------
        Sequential         [2, 3]                 -              -
          (0): Linear      [2, 8]                40             64
          (1): ReLU        [2, 8]                 -              -
          (2): Sequential  [2, 3]                 -              -
            (0): Linear    [2, 3]                24             48
        ----------------------------------------------------------
        Parameters: 64, trainable: 64
        Multiply-adds: 112
        Memory: parameters and buffers 256 B, outputs 152 B
        """)
  }

  @Test("elements of an array stand where they are inside")
  func depth() {
    let summary = Listed().summary(input: Tensor.zeros(5, 2))
    #expect(summary.rows.map(\.path) == ["", "layers.0", "layers.1", "head", "head.0"])
    #expect(summary.rows.map(\.depth) == [0, 1, 1, 1, 2])
    #expect(summary.rows.map(\.multiplyAdds) == [0, 30, 30, 0, 10])
    #expect(summary.rows.map(\.outputShape) == [[5, 1], [5, 3], [5, 2], [5, 1], [5, 1]])
    #expect(summary.stateBytes == (9 + 6 + 3) * 4 + 8 && summary.multiplyAdds == 70)
    #expect(summary.description.contains("\n  (layers.1): Linear  [5, 2] "))
    #expect(summary.description.contains("\n    (0): Linear       [5, 1] "))
  }

  @Test("the model is left as it was: modes, hooks and gradients")
  func untouched() {
    let dropout = Dropout(0.5)
    let model = Sequential(linear(2, 2), dropout)
    model[0].eval()
    var calls = 0
    dropout.registerForwardHook { module, _, _ in
      #expect(!module.isTraining)
      calls += 1
      return nil
    }
    let summary = model.summary(input: Tensor.ones(1, 2))
    #expect(calls == 1 && model.isTraining && dropout.isTraining && !model[0].isTraining)
    #expect(model.parameters().allSatisfy { $0.grad == nil })
    model.eval()
    let again = model.summary(input: Tensor.ones(1, 2))
    #expect(summary.multiplyAdds == 4 && again.multiplyAdds == 4)
  }

  @Test("a layer used twice does its work twice but has its parameters once")
  func twice() {
    let layer = linear(3, 3)
    let model = Sequential(layer, layer)
    layer.bias?.requiresGrad = false
    let summary = model.summary(input: Tensor.ones(1, 3))
    #expect(summary.multiplyAdds == 18 && summary.parameters == 12)
    #expect(summary.trainableParameters == 9 && summary.rows.count == 2)
    let unused = model.summary {}
    #expect(unused.rows.allSatisfy { $0.outputShape == nil } && unused.multiplyAdds == 0)
  }
}
