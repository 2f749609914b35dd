import Descent

/// A Python call in a golden file, such as `sum(-1,keepdim=True)` or `gather(0,torch.zeros(1,1))`.
struct PythonCall {
  let name: String
  private var rest: Substring

  init(_ text: String) {
    let open = text.firstIndex(of: "(") ?? text.endIndex
    name = String(text[..<open])
    rest = text[open...].dropFirst()
  }

  /// The golden name of the operation, given the arguments beside the subject.
  func operation(_ arguments: (positional: [Value], keywords: [(key: String, value: Value)]))
    -> String
  {
    switch name {
    case "max", "min":
      name + (arguments.positional.isEmpty ? ".reduction_no_dim" : ".reduction_with_dim")
    default: name
    }
  }

  mutating func arguments() -> (positional: [Value], keywords: [(key: String, value: Value)]) {
    var positional: [Value] = []
    var keywords: [(key: String, value: Value)] = []
    while !take(")") {
      _ = take(",")
      if let equals = rest.firstIndex(of: "="),
        rest[..<equals].allSatisfy({ $0.isLetter || $0 == "_" })
      {
        let key = String(rest[..<equals])
        rest = rest[equals...].dropFirst()
        keywords.append((key, value()))
      } else {
        positional.append(value())
      }
    }
    return (positional, keywords)
  }

  private mutating func take(_ text: String) -> Bool {
    rest = rest.drop { $0 == " " }
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  private mutating func list(until end: String) -> [Value] {
    var values: [Value] = []
    while !take(end) {
      _ = take(",")
      if take(end) { break }
      values.append(value())
    }
    return values
  }

  private mutating func value() -> Value {
    if take("(") { return .object([("tuple", .array(list(until: ")")))]) }
    if take("[") { return .object([("list", .array(list(until: "]")))]) }
    if take("True") { return .bool(true) }
    if take("False") { return .bool(false) }
    if take("None") { return .null }
    if take("float('inf')") { return .double(.infinity) }
    if take("torch.zeros(1,1,dtype=torch.int64)") {
      return .tensor(Tensor.zeros(1, 1, dtype: .int64))
    }
    if take("torch.tensor([0,0])") { return .tensor(Tensor([0, 0])) }
    if take("torch.tensor(True)") { return .tensor(Tensor.full([], true)) }
    if take("torch.") {
      let word = rest.prefix { $0.isLetter || $0.isNumber }
      rest = rest.dropFirst(word.count)
      return .object([("dtype", .string(String(word)))])
    }
    let word = rest.prefix { "+-.e0123456789".contains($0) }
    precondition(!word.isEmpty, "cannot read \(rest)")
    rest = rest.dropFirst(word.count)
    return Int(word).map(Value.int) ?? .double(Double(word) ?? .nan)
  }
}
