import DescentCore
import DescentNN
import Testing

private final class Normed: Module {
  let layer = linear(2, 2)
  var mean = Buffer(Tensor([1.0, 2]))
  var count = Buffer(Tensor([3]))
  var cache = Buffer(Tensor([4.0]), persistent: false)
  override func forward(_ x: Tensor) -> Tensor { layer(x) - mean }
}

private final class Pair: Module {
  let left: Module
  let right: Module
  init(_ left: Module, _ right: Module) {
    self.left = left
    self.right = right
  }
}

/// What is done to all parameters and buffers at once: modes of training, dtypes, states.
@Suite("Module parameters")
struct ModuleParametersTests {
  @Test("freezing stops gradients, unfreezing lets them through again")
  func freezing() {
    let model = Normed()
    #expect(model.freeze() === model)
    let x = Tensor.ones(1, 2, requiresGrad: true)
    model(x).sum().backward()
    #expect(model.parameters().allSatisfy { !$0.requiresGrad && $0.grad == nil })
    #expect(x.grad != nil)
    model.unfreeze()
    model(x).sum().backward()
    #expect(model.layer.weight.grad?.toArray() == [1, 1, 1, 1])
    #expect(!model.mean.requiresGrad)
  }

  @Test("zeroGrad forgets gradients, or fills them with zeros where they are")
  func zeroGrad() {
    let model = linear(1, 2)
    model(Tensor.ones(1, 1)).sum().backward()
    let gradient = model.weight.grad
    model.zeroGrad(setToNone: false)
    #expect(model.weight.grad === gradient && gradient?.toArray() == [0, 0])
    model.zeroGrad()
    #expect(model.weight.grad == nil && model.bias?.grad == nil)
  }

  @Test("a conversion keeps the objects, takes gradients along and leaves integers alone")
  func conversion() {
    let model = Normed()
    model(Tensor.ones(1, 2)).sum().backward()
    let (weight, mean) = (model.layer.weight, model.mean)
    let values: [Float] = weight.toArray()
    #expect(model.to(.float64) === model)
    #expect(model.layer.weight === weight && model.mean === mean)
    #expect(weight.dtype == .float64 && weight.toArray() == values && weight.requiresGrad)
    #expect(weight.grad?.dtype == .float64 && weight.isLeaf)
    #expect(mean.dtype == .float64 && model.cache.dtype == .float64)
    #expect(model.count.dtype == .int64)
    model(Tensor.ones(1, 2, dtype: .float64)).sum().backward()
    #expect(weight.grad?.toArray() == [2, 2, 2, 2])
    let error = #expect(throws: Misuse.self) { try checked { model.to(.int32) } }
    #expect(
      error.map { "\($0)" } == "to: a module holds floating-point numbers. Got int32. "
        + "Try .float32, .float64, .float16 or .bfloat16.")
  }

  @Test("the state has the persistent buffers and shares memory with the module")
  func state() {
    let model = Normed()
    let state = model.stateDict()
    #expect(state.keys == ["mean", "count", "layer.weight", "layer.bias"])
    noGrad { _ = model.mean.fill_(9) }
    #expect(state["mean"]?.toArray() == [9, 9])
    #expect(state["layer.weight"]?.requiresGrad == false)
  }

  @Test("loading copies values into the same objects, in the module's dtype")
  func load() throws {
    let (model, other) = (Normed(), Normed().to(.float64))
    let weight = model.layer.weight
    Init.constant_(other.layer.weight, 1.0 / 3)
    try model.load(stateDict: other.stateDict())
    #expect(model.layer.weight === weight && weight.dtype == .float32)
    let thirds = [Float](repeating: 1.0 / 3, count: 4)
    #expect(weight.toArray() == thirds)
    Init.zeros_(other.layer.weight)
    #expect(weight.toArray() == thirds)
  }

  @Test("what is missing, unexpected or of another shape is named, and nothing is changed")
  func strict() throws {
    let model = Normed()
    let before: [Float] = model.layer.weight.toArray()
    var state = model.stateDict()
    state["layer.bias"] = nil
    state["layer.weight"] = Tensor.zeros(2, 2)
    state["extra"] = Tensor.zeros(1)
    let error = #expect(throws: StateDictError.self) { try model.load(stateDict: state) }
    #expect(
      error.map { "\($0)" }
        == "load: the state dictionary does not fit the module. Got missing keys layer.bias; "
        + "unexpected keys extra. Try strict: false to load what fits by name.")
    #expect(model.layer.weight.toArray() == before)
    let report = try model.load(stateDict: state, strict: false)
    #expect(report.missing == ["layer.bias"] && report.unexpected == ["extra"])
    #expect(model.layer.weight.toArray() == [0, 0, 0, 0])
    state["mean"] = Tensor.zeros(3)
    let shapes = #expect(throws: StateDictError.self) {
      try model.load(stateDict: state, strict: false)
    }
    #expect(shapes?.mismatched == ["mean is [3], the module's [2]"])
    #expect(model.mean.toArray() == [1, 2])
  }

  @Test("apply visits what is inside first, a module used twice before both of its users")
  func apply() {
    func order(_ model: Module) -> [String] {
      var visited: [String] = []
      model.apply { module in
        visited.append(model.namedModules().first { $0.module === module }?.name ?? "?")
      }
      return visited
    }
    let shared = linear(1, 1)
    #expect(
      order(Sequential(Sequential(linear(1, 1), Tanh()), Tanh())) == ["0.0", "0.1", "0", "1", ""])
    #expect(order(Pair(Sequential(shared), shared)) == ["left.0", "left", ""])
    #expect(order(Pair(shared, Sequential(shared))) == ["left", "right", ""])
  }
}
