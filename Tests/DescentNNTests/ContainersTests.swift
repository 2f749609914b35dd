import DescentCore
import DescentNN
import Testing

private struct Named: Equatable {
  let module: Module
  init(_ module: Module) { self.module = module }
  static func == (a: Named, b: Named) -> Bool { a.module === b.module }
}

/// Sequential, ModuleList and ModuleDict: order, names, positions.
@Suite("Containers")
struct ContainersTests {
  private func same(_ a: some Sequence<Module>, _ b: [Module]) -> Bool {
    a.map(Named.init) == b.map(Named.init)
  }

  @Test("a chain applies its modules one after the other")
  func forward() {
    let double = linear(1, 1, bias: false)
    Init.constant_(double.weight, 2)
    let model = Sequential(double, ReLU(), double)
    #expect(model(Tensor([[3.0], [-3]])).toArray() == [12, 0])
    #expect(Sequential()(Tensor([7.0])).toArray() == [7])
  }

  @Test("a chain may be written as a block, with conditions and loops", arguments: [true, false])
  func builder(_ deep: Bool) {
    let tail: [Module] = [Tanh(), Identity()]
    let model = Sequential {
      linear(2, 2)
      if deep {
        for _ in 0..<2 {
          ReLU()
          Dropout(0.1)
        }
      }
      if deep { GELU() } else { SiLU() }
      tail
    }
    let types = model.map { "\(type(of: $0))" }
    #expect(
      types == ["Linear"] + (deep ? ["ReLU", "Dropout", "ReLU", "Dropout", "GELU"] : ["SiLU"])
        + ["Tanh", "Identity"])
    #expect(model.namedChildren().map(\.name) == (0..<types.count).map(String.init))
  }

  @Test("positions count from both ends, ranges share modules and keep names, names find modules")
  func positions() {
    let layers: [Module] = [ReLU(), Tanh(), Sigmoid()]
    let model = Sequential(layers)
    #expect(model[0] === layers[0] && model[-1] === layers[2] && model.count == 3)
    #expect(same(model[1...], [layers[1], layers[2]]) && same(model[..<1], [layers[0]]))
    #expect(model[1...].namedChildren().map(\.name) == ["1", "2"])
    let named = Sequential(named: ["in": layers[0], "out": layers[1]])
    #expect(named["out"] === layers[1] && named["none"] == nil)
    #expect(named.namedChildren().map(\.name) == ["in", "out"])
    model[-1] = layers[0]
    #expect(same(model, [layers[0], layers[1], layers[0]]))
  }

  @Test("append and insert renumber chains and lists")
  func insertion() {
    let layers: [Module] = [ReLU(), Tanh(), Sigmoid(), GELU()]
    let model = Sequential(layers[0]).append(layers[2]).insert(layers[1], at: 1)
    model.append(contentsOf: [layers[3]])
    #expect(same(model, layers) && model.namedChildren().map(\.name) == ["0", "1", "2", "3"])
    let list = ModuleList([layers[1]]).append(layers[3]).insert(layers[0], at: 0)
    list.insert(layers[2], at: -1).append(contentsOf: layers[..<1])
    #expect(same(list, layers + [layers[0]]) && list.count == 5 && list[-2] === layers[3])
    list[1] = layers[3]
    #expect(list[1] === layers[3])
    let parameters = ModuleList([linear(1, 1), linear(1, 1, bias: false)]).namedParameters()
    #expect(parameters.map(\.name) == ["0.weight", "0.bias", "1.weight"])
  }

  @Test("a dictionary keeps the order of insertion")
  func dictionary() {
    let layers: [Module] = [ReLU(), Tanh(), Sigmoid()]
    let heads = ModuleDict(["z": layers[0], "a": layers[1]])
    heads["m"] = layers[2]
    heads["z"] = layers[1]
    #expect(
      heads.keys == ["z", "a", "m"] && same(heads.values, [layers[1], layers[1], layers[2]]))
    heads["a"] = nil
    heads["none"] = nil
    #expect(heads.map(\.key) == ["z", "m"] && heads.count == 2 && heads["a"] == nil)
    heads["a"] = layers[0]
    #expect(heads.keys == ["z", "m", "a"] && heads["a"] === layers[0])
  }

  @Test("a position outside is refused")
  func outside() {
    let model = Sequential(ReLU(), Tanh())
    let error = #expect(throws: Misuse.self) { try checked { _ = model[2] } }
    #expect(
      error.map { "\($0)" }
        == "Sequential: index 2 is out of range. Got 2 modules. Try an index from -2 to 1.")
    let bodies: [() -> Void] = [
      { _ = model[-3] }, { model[2] = ReLU() }, { model.insert(ReLU(), at: 3) },
      { _ = ModuleList()[0] }, { ModuleList().insert(ReLU(), at: 1) },
    ]
    for body in bodies { #expect(throws: Misuse.self) { try checked { body() } } }
    #expect(model.count == 2)
  }
}
