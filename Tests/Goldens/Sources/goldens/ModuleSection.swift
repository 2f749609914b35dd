import Descent

/// modules.json: modules with a given state: results, gradients of inputs and parameters, buffers after.
let moduleSection = Section(name: "modules") { folder in
  let fixtures = Fixtures(folder)
  var cases: [(Reporter) throws -> Void] = []
  for (name, entry) in try folder.json("modules.json")["modules"]?.members ?? [] {
    for (index, sample) in (entry["cases"]?.elements ?? []).enumerated() {
      cases.append { reporter in
        let fixture = try fixtures(entry["file"]?.string ?? "")
        ModuleCheck(name: name, label: "\(name) m\(index)", sample: sample, fixture: fixture)
          .run(reporter)
      }
    }
  }
  return cases
}

private struct ModuleCheck {
  let name: String
  let label: String
  let sample: Value
  let fixture: Fixture

  func run(_ reporter: Reporter) {
    fixture.begin()
    var module: Module?
    var results: [Tensor]?
    var reason: String?
    reporter.check("modules", label) {
      do {
        (module, results) = try checked { try evaluate() }
      } catch Refusal.unsupported(let text), Refusal.untyped(let text) {
        reason = text
        throw Refusal.unsupported(text)
      }
      let expected = sample["outs"]?.elements ?? []
      if results!.count != expected.count {
        return "\(results!.count) results, expected \(expected.count)"
      }
      for (result, value) in zip(results!, expected) {
        let wanted = try fixture.stored(value["t"]?.string ?? "")
        if let problem = difference(result, wanted, tolerance) { return problem }
      }
      return nil
    }
    let hasGradients = sample["param_grads"] != nil || sample["input_grads"] != nil
    let hasBuffers = sample["buffers_after"] != nil
    if let reason {
      if hasGradients { reporter.unsupported("modules gradients", label, reason) }
      if hasBuffers { reporter.unsupported("modules buffers", label, reason) }
      return
    }
    if hasGradients {
      reporter.check("modules gradients", label) {
        guard let module, let results else { return "there are no values" }
        return try compareGradients(module, results)
      }
    }
    if hasBuffers {
      reporter.check("modules buffers", label) {
        guard let module else { return "there is no module" }
        for (key, value) in sample["buffers_after"]?.members ?? [] {
          guard let buffer = module.namedBuffers().first(where: { $0.name == key })?.buffer else {
            return "no buffer \(key)"
          }
          let wanted = try fixture.stored(value.string ?? "")
          if let problem = difference(buffer, wanted, tolerance) { return "\(key): \(problem)" }
        }
        return nil
      }
    }
  }

  /// Modules were not run in float64: 2e-6 of the largest element, 2e-6·20 near zero, as in replay.py.
  private var tolerance: Tolerance { Tolerance(error: 2e-6) }

  private func evaluate() throws -> (Module, [Tensor]) {
    guard let make = ModuleTable.all[name] else { throw Refusal.unsupported("no module \(name)") }
    let arguments = Arguments(
      sample["ctor_args"]?.elements ?? [], sample["ctor_kwargs"]?.members ?? [], fixture)
    let (module, forward) = try make(arguments)
    try arguments.requireAllRead()
    var training = true
    if case .bool(let value)? = sample["train"] { training = value }
    module.train(training)
    var state = StateDict()
    for (key, value) in sample["state"]?.members ?? [] {
      state[key] = try fixture.stored(value.string ?? "")
    }
    try module.load(stateDict: state)
    let inputs = Arguments(
      sample["args"]?.elements ?? [], sample["kwargs"]?.members ?? [], fixture)
    let results = try forward(inputs)
    try inputs.requireAllRead()
    return (module, results)
  }

  private func compareGradients(_ module: Module, _ results: [Tensor]) throws -> String? {
    var (outputs, cotangents): ([Tensor], [Tensor?]) = ([], [])
    for (result, value) in zip(results, sample["outs"]?.elements ?? []) {
      guard let key = value["cot"]?.string else { continue }
      outputs.append(result)
      cotangents.append(try fixture.stored(key))
    }
    let parameters = module.namedParameters()
    var wanted: [(key: String, leaf: Tensor, gradient: String?)] = []
    for (key, value) in sample["param_grads"]?.members ?? [] {
      guard let parameter = parameters.first(where: { $0.name == key })?.parameter else {
        return "no parameter \(key)"
      }
      wanted.append((key, parameter, value.string))
    }
    for (key, value) in sample["input_grads"]?.members ?? [] {
      guard let leaf = fixture.leaves[key] else { return "no input \(key)" }
      wanted.append((key, leaf, value.string))
    }
    let got = grad(outputs, wanted.map(\.leaf), gradOutputs: cotangents, allowUnused: true)
    for (item, gradient) in zip(wanted, got) {
      guard let key = item.gradient else { continue }
      guard let gradient else { return "\(item.key) has no gradient" }
      if let problem = difference(gradient, try fixture.stored(key), tolerance) {
        return "\(item.key): \(problem)"
      }
    }
    return nil
  }
}
