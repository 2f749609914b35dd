import DescentCore
import DescentNN
import Testing

class NamedBase: Module {
  var scale = Parameter(Tensor.ones(2))
  let first = linear(2, 3)
}

final class Discovered: NamedBase {
  let tanh = Tanh()
  var mean = Buffer(Tensor.zeros(2))
  var cache = Buffer(Tensor.zeros(4), persistent: false)
  var bias: Parameter? = Parameter(Tensor.zeros(3))
  var nothing: Parameter?
  var missing: Linear?
  let present: Linear? = linear(1, 1, bias: false)
  let layers = [linear(1, 1, bias: false), linear(1, 2, bias: false)]
  let weights = [Parameter(Tensor.ones(1)), Parameter(Tensor.ones(2))]
  let heads = ["head10": linear(1, 1, bias: false), "head2": linear(1, 1, bias: false)]
  let constant = Tensor.ones(5)
  lazy var late = linear(1, 1, bias: false)
  let size = 3
}

final class Shared: Module {
  let a = linear(2, 2)
  lazy var b = a
  override init() {
    super.init()
    _ = b
  }
}

/// What a module is made of: found by declared type, in order, under PyTorch's rules of counting.
@Suite("Module")
struct ModuleTests {
  @Test("parameters, buffers and modules are found by type, those of the base class first")
  func discovery() {
    let module = Discovered()
    let heads = ["layers.0", "layers.1", "heads.head2", "heads.head10"]
    #expect(
      module.namedChildren().map(\.name) == ["first", "tanh", "present"] + heads)
    #expect(
      module.namedParameters().map(\.name) == [
        "scale", "bias", "weights.0", "weights.1", "first.weight", "first.bias", "present.weight",
      ] + heads.map { "\($0).weight" })
    #expect(module.namedBuffers().map(\.name) == ["mean", "cache"])
    #expect(module.namedModules().map(\.name).prefix(3) == ["", "first", "tanh"])
    _ = module.late
    #expect(module.namedChildren().last?.name == "late")
  }

  @Test("what is assigned later is found, what is set to nil is gone")
  func assignment() {
    let module = Discovered()
    let count = module.parameters().count
    module.nothing = Parameter(Tensor.ones(7))
    module.missing = linear(1, 1)
    module.bias = nil
    let names = module.namedParameters().map(\.name)
    #expect(names.count == count + 2)
    #expect(names.contains("nothing") && names.contains("missing.bias") && !names.contains("bias"))
    let replaced = Parameter(Tensor.zeros(2))
    module.scale = replaced
    #expect(module.parameters()[0] === replaced)
  }

  @Test("a module used twice is counted once and saved twice")
  func shared() throws {
    let module = Shared()
    #expect(module.namedParameters().map(\.name) == ["a.weight", "a.bias"])
    #expect(module.modules().count == 2 && module.children().count == 1)
    #expect(module.stateDict().keys == ["a.weight", "a.bias", "b.weight", "b.bias"])
    var state = module.stateDict()
    state["b.bias"] = Tensor([5.0, 6])
    try module.load(stateDict: state)
    #expect(module.a.bias?.toArray() == [5, 6])
  }

  @Test("train and eval reach every module")
  func modes() {
    let inner = Dropout(0.5)
    let module = Sequential(Sequential(inner), linear(1, 1))
    #expect(module.modules().allSatisfy { $0.isTraining })
    #expect(module.eval() === module)
    #expect(module.modules().allSatisfy { !$0.isTraining } && !inner.isTraining)
    inner.train()
    #expect(!module.isTraining && inner.isTraining)
    module.train(false)
    #expect(!inner.isTraining)
    module.train()
    #expect(module.modules().allSatisfy { $0.isTraining })
  }

  @Test("hooks see and replace inputs and outputs until they are removed")
  func hooks() {
    let layer = Identity()
    var seen: [String] = []
    let before = layer.registerForwardPreHook { module, input in
      seen.append("pre \(input.item()) \(module === layer)")
      return input + 1
    }
    let first = layer.registerForwardHook { _, input, output in
      seen.append("first \(input.item()) \(output.item())")
      return output * 10
    }
    let second = layer.registerForwardHook { _, _, output in
      seen.append("second \(output.item())")
      return nil
    }
    #expect(layer(Tensor(3.0)).item() == 40)
    #expect(seen == ["pre 3.0 true", "first 4.0 4.0", "second 40.0"])
    first.remove()
    #expect(layer(Tensor(3.0)).item() == 4)
    before.remove()
    second.remove()
    #expect(layer(Tensor(3.0)).item() == 3 && seen.count == 5)
  }

  @Test("a misuse inside a model names the layer")
  func path() throws {
    let model = Sequential(Identity(), Sequential(linear(2, 3)))
    let error = #expect(throws: Misuse.self) { try checked { _ = model(Tensor.ones(1, 4)) } }
    #expect(error?.modulePath == "Sequential.1.0")
    let bare = #expect(throws: Misuse.self) { try checked { _ = Shared()(Tensor.ones(1)) } }
    #expect(
      bare.map { "\($0)" }
        == "Shared: the module has no forward of one input. Got a call with one tensor. Try an "
        + "override of forward(_:), or the module's own callAsFunction. In Shared.")
  }

  @Test(
    "a misuse points at the user's line: of the layer's call, or of the module's around an operator"
  )
  func location() throws {
    func lineOf(_ body: () -> Void) -> String? {
      #expect(throws: Misuse.self) { try checked(body) }.map(\.location)
    }
    func here(_ line: Int) -> String { "\(#fileID):\(line)" }
    let x = Tensor.ones(1, 4)
    let model = Sequential(Sequential(linear(2, 3)))
    #expect(lineOf { _ = model(x) } == here(#line))
    #expect(lineOf { _ = LSTM(2, 3)(x, nil) } == here(#line))
    #expect(lineOf { _ = CrossEntropyLoss()(x, Tensor.zeros(2)) } == here(#line))
    #expect(lineOf { _ = Outer(linear(2, 3))(x) } == Outer.called)
    #expect(lineOf { _ = Adding()(x) } == here(#line))
    #expect(lineOf { _ = x + Tensor.ones(3) } == "")
  }
}

/// Calls a layer from a line of its own.
private final class Outer: Module {
  static let called = "\(#fileID):\(#line + 6)"
  let layer: Linear

  init(_ layer: Linear) { self.layer = layer }

  override func forward(_ x: Tensor) -> Tensor {
    layer(x)
  }
}

/// Misuses an operator, which has no line.
private final class Adding: Module {
  override func forward(_ x: Tensor) -> Tensor { x + Tensor.ones(3) }
}
