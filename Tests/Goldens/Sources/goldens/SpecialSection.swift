import Descent

/// special.json: special values of elementwise operations, degenerate reductions, shape tables.
let specialSection = Section(name: "special") { folder in
  let json = try folder.json("special.json")
  let fixture = try folder.fixture("special/special.safetensors")
  let leftOut = (folder.unstable()["special_keys"]?.elements ?? []).compactMap(\.string)
  var cases: [(Reporter) throws -> Void] = []
  for entry in json["elementwise"]?.elements ?? [] {
    cases.append { try ElementwiseCheck(entry: entry, fixture: fixture, leftOut: leftOut).run($0) }
  }
  for entry in json["calls"]?.elements ?? [] {
    cases.append { try CallCheck(entry: entry, fixture: fixture).run($0) }
  }
  for entry in json["broadcast"]?.elements ?? [] {
    cases.append { reporter in
      checkShapes(reporter, "special broadcast", entry) { Tensor.zeros($0) + Tensor.zeros($1) }
    }
  }
  for entry in json["matmul_shapes"]?.elements ?? [] {
    cases.append { reporter in
      checkShapes(reporter, "special matmul", entry) { Tensor.zeros($0).matmul(Tensor.zeros($1)) }
    }
  }
  return cases
}

/// A row `[a, b, result or null]` of a table of shapes.
private func checkShapes(
  _ reporter: Reporter, _ row: String, _ entry: Value, _ call: (Shape, Shape) -> Tensor
) {
  let shapes = entry.elements.map { $0.elements.compactMap(\.int) }
  let name = "\(shapes[0]) \(shapes[1])"
  if entry.elements[2].isNull {
    reporter.checkRefused(row, name) { _ = call(Shape(shapes[0]), Shape(shapes[1])) }
  } else {
    reporter.check(row, name) {
      let shape = Array(call(Shape(shapes[0]), Shape(shapes[1])).shape)
      return shape == shapes[2] ? nil : "shape \(shape), expected \(shapes[2])"
    }
  }
}

/// An elementwise operation at zeros, infinities, NaN, and the ends of the dtype's range.
private struct ElementwiseCheck {
  let entry: Value
  let fixture: Fixture
  let leftOut: [String]

  static let activations: Set = [
    "relu", "relu6", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "softsign",
    "hardtanh",
    "hardsigmoid", "hardswish", "leaky_relu", "logsigmoid", "tanhshrink", "softshrink",
    "hardshrink",
  ]

  func operation(_ name: String) -> String {
    if Self.activations.contains(name) { return "nn.functional." + name }
    if name == "div" { return "div.no_rounding_mode" }
    return name.hasPrefix("special_") ? "special." + name.dropFirst(8) : name
  }

  func run(_ reporter: Reporter) throws {
    let name = entry["fn"]?.string ?? ""
    let key = entry["out"]?.string ?? ""
    fixture.begin()
    let inputs = try ["x", "a", "b"].compactMap { try entry[$0]?.string.map(fixture.stored) }
    // Values span the dtype's whole range: the distance counts beside each element.
    func tolerance(_ dtype: DType) -> Tolerance {
      dtype == .float64
        ? Tolerance(relative: 1e-11, absolute: 1e-12, isElementwise: true)
        : Tolerance(isElementwise: true)
    }
    let gradientKey = entry["grad_ones"]?.string
    if gradientKey != nil { inputs[0].requiresGrad_() }
    var result: Tensor?
    var reason: String?
    if leftOut.contains(key) {
      reporter.leaveOut("special values", key, "PyTorch's versions differ")
    } else {
      reporter.check("special values", key) {
        do {
          result = try checked {
            try OpTable.all(operation(name), Arguments(inputs.map(Value.tensor), [], fixture))
          }.first
        } catch Refusal.unsupported(let text), Refusal.untyped(let text) {
          reason = text
          throw Refusal.unsupported(text)
        }
        let wanted = try fixture.stored(key)
        return difference(result!, wanted, tolerance(wanted.dtype))
      }
    }
    guard let gradientKey else { return }
    if leftOut.contains(gradientKey) {
      reporter.leaveOut("special gradients", key, "PyTorch's versions differ")
    } else if let reason {
      reporter.unsupported("special gradients", key, reason)
    } else {
      reporter.check("special gradients", key) {
        guard let result else { return "there are no values" }
        let wanted = try fixture.stored(gradientKey)
        return difference(grad(result.sum(), inputs[0]), wanted, tolerance(wanted.dtype))
      }
    }
  }
}

/// A method called on an empty, degenerate or special tensor: `sum(0)` on `red.empty_0x3`.
private struct CallCheck {
  let entry: Value
  let fixture: Fixture

  func run(_ reporter: Reporter) throws {
    let call = entry["call"]?.string ?? ""
    let key = entry["on"]?.string ?? ""
    let name = "\(call) on \(key)"
    var parsed = PythonCall(call)
    let (positional, keywords) = parsed.arguments()
    let operation = parsed.operation((positional, keywords))
    let subject = Value.tensor(try fixture.stored(key))
    let arguments = Arguments([subject] + positional, keywords, fixture)
    func results() throws -> [Tensor] {
      fixture.begin()
      return try OpTable.all(operation, arguments)
    }
    if entry["error"] != nil {
      reporter.checkRefused("special errors", name) { _ = try results() }
      return
    }
    reporter.check("special calls", name) {
      let got = try results()
      let keys = (entry["outs"]?.elements ?? []).compactMap(\.string)
      if got.count != keys.count { return "\(got.count) results, expected \(keys.count)" }
      for (result, key) in zip(got, keys) {
        if let problem = difference(result, try fixture.stored(key)) {
          let values = try fixture.stored(keys[0])
          return try choosesEqualElements(operation, got, values, arguments) ? nil : problem
        }
      }
      return nil
    }
  }
}
