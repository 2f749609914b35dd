import Descent

/// promote.json: the dtypes of results, casts, and the rules of integer arithmetic.
let promoteSection = Section(name: "promote") { folder in
  let json = try folder.json("promote.json")
  let fixture = try folder.fixture("promote/cast.safetensors")
  var cases: [(Reporter) throws -> Void] = []
  for (pair, entry) in json["binary"]?.members ?? [] {
    cases.append { binaryCases($0, pair, entry, fixture) }
  }
  for (dtype, entry) in json["unary_scalar"]?.members ?? [] {
    cases.append { unaryCases($0, dtype, entry, fixture) }
  }
  for entry in json["casts"]?.elements ?? [] {
    cases.append { reporter in
      let (from, to) = (entry["from"]?.string ?? "", entry["to"]?.string ?? "")
      reporter.check("promote casts", "\(from) to \(to)") {
        guard let dtype = DType(name: to) else { throw Refusal.unsupported("dtype \(to)") }
        let input = try fixture.stored(entry["in"]?.string ?? "")
        return difference(input.to(dtype), try fixture.stored(entry["out"]?.string ?? ""), .exact)
      }
    }
  }
  let integers = json["int_arith"] ?? .null
  for (name, expected) in integers.members where name != "a" && name != "b" {
    cases.append { integerCase($0, name, integers, expected, fixture) }
  }
  for (name, entry) in json["sums"]?.members ?? [] {
    cases.append { sumCase($0, name, entry) }
  }
  return cases
}

/// Checks the dtype of a result, or that the call is refused where PyTorch refuses it.
private func checkDType(
  _ reporter: Reporter, _ row: String, _ name: String, _ expected: String,
  _ call: () throws -> DType
) {
  if expected == "error" {
    reporter.checkRefused(row, name) { _ = try call() }
    return
  }
  reporter.check(row, name) {
    guard let wanted = DType(name: expected) else { throw Refusal.unsupported("dtype \(expected)") }
    let dtype = try call()
    return dtype == wanted ? nil : "\(dtype), expected \(wanted)"
  }
}

private func operation(_ name: String) -> String {
  switch name {
  case "div": "div.no_rounding_mode"
  case "max": "max.reduction_no_dim"
  default: name
  }
}

private func binaryCases(_ reporter: Reporter, _ pair: String, _ entry: Value, _ fixture: Fixture) {
  let names = pair.split(separator: ",").map(String.init)
  guard let a = DType(name: names[0]), let b = DType(name: names[1]) else {
    for (key, _) in entry.members {
      reporter.unsupported("promote binary", "\(pair) \(key)", "complex tensors")
    }
    return
  }
  let (x, y) = (Tensor.ones(2, dtype: a), Tensor.ones(2, dtype: b))
  func dtype(_ name: String, _ values: [Tensor]) throws -> DType {
    try OpTable.all(name, Arguments(values.map(Value.tensor), [], fixture))[0].dtype
  }
  for (key, value) in entry.members {
    let name = "\(pair) \(key)"
    switch key {
    case "can_cast":
      reporter.check("promote binary", name) {
        guard case .bool(let expected) = value else { return "no Bool" }
        return a.canCast(to: b) == expected ? nil : "\(!expected), expected \(expected)"
      }
    case "tensor_tensor":
      checkDType(reporter, "promote binary", name, value.string ?? "") { DType.promote(a, b) }
    case "tensor_0d":
      // torch.result_type is not offered by that name: maximum promotes without other rules.
      checkDType(reporter, "promote binary", name, value.string ?? "") {
        x.maximum(Tensor.ones([], dtype: b)).dtype
      }
    case "where":
      checkDType(reporter, "promote binary", name, value.string ?? "") {
        try dtype("where", [x, Tensor([true, false]), y])
      }
    default:
      checkDType(reporter, "promote binary", name, value.string ?? "") {
        try dtype(operation(key), [x, y])
      }
    }
  }
}

private func unaryCases(_ reporter: Reporter, _ name: String, _ entry: Value, _ fixture: Fixture) {
  guard let dtype = DType(name: name) else {
    for (key, _) in entry.members {
      reporter.unsupported("promote unary", "\(name) \(key)", "complex tensors")
    }
    return
  }
  let x = Value.tensor(Tensor.ones(2, dtype: dtype))
  for (key, value) in entry.members {
    checkDType(reporter, "promote unary", "\(name) \(key)", value.string ?? "") {
      for (suffix, scalar) in [
        ("_bool", Value.bool(true)), ("_int", .int(2)), ("_float", .double(2.5)),
      ] where key.hasSuffix(suffix) {
        let op = operation(String(key.dropLast(suffix.count)))
        return try OpTable.all(op, Arguments([x, scalar], [], fixture))[0].dtype
      }
      let arguments: [Value] = key == "softmax0" || key == "cumsum" ? [x, .int(0)] : [x]
      let op = key == "softmax0" ? "softmax" : operation(key)
      return try OpTable.all(op, Arguments(arguments, [], fixture))[0].dtype
    }
  }
}

private func integerCase(
  _ reporter: Reporter, _ name: String, _ integers: Value, _ expected: Value, _ fixture: Fixture
) {
  let a = Tensor((integers["a"]?.elements ?? []).compactMap(\.int))
  let b = Tensor((integers["b"]?.elements ?? []).compactMap(\.int))
  reporter.check("promote integers", name) {
    func call(
      _ operation: String, _ x: Tensor, _ y: Value, _ keywords: [(key: String, value: Value)] = []
    )
      throws -> Tensor
    {
      try OpTable.all(operation, Arguments([.tensor(x), y], keywords, fixture))[0]
    }
    let result =
      switch name {
      case "trunc":
        try call("div.trunc_rounding", a, .tensor(b), [("rounding_mode", .string("trunc"))])
      case "mul_wrap": a * b
      case "pow3": try call("pow", a.narrow(0, 0, 5), .int(3))
      case "int32_wrap": a.int() * b.int()
      default: try call(name, a, .tensor(b))
      }
    let wanted = expected.elements.compactMap(\.int)
    let got = result.toArray(Int.self)
    return got == wanted ? nil : "\(got), expected \(wanted)"
  }
}

private func sumCase(_ reporter: Reporter, _ name: String, _ entry: Value) {
  reporter.check("promote sums", name) {
    guard let dtype = DType(name: name) else { throw Refusal.unsupported("dtype \(name)") }
    let values = ["int8": 100.0, "uint8": 200, "bool": 1, "float16": 100, "bfloat16": 3]
    let sum = Tensor.full([1000], values[name] ?? 0).to(dtype).sum()
    let wanted = entry.elements.compactMap(\.string)
    if sum.dtype.name != wanted[1] { return "\(sum.dtype), expected \(wanted[1])" }
    let number = Double(wanted[0]) ?? (wanted[0] == "inf" ? .infinity : .nan)
    return sum.item() == number ? nil : "\(sum.item()), expected \(number)"
  }
}
