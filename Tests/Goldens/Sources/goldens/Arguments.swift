import Descent

/// The decoded arguments of one call.
///
/// Each getter marks its argument as read; `requireAllRead` then refuses the case if one was given that
/// no getter asked for, so that no argument is ignored silently. An argument may be given by position or
/// by keyword, as in Python: `int(1, "dim", -1)` is the second argument or `dim=`, by default -1.
final class Arguments {
  let positional: [Value]
  let keywords: [(key: String, value: Value)]
  let fixture: Fixture
  private var unread: Set<String> = []

  init(_ positional: [Value], _ keywords: [(key: String, value: Value)] = [], _ fixture: Fixture) {
    self.positional = positional
    self.keywords = keywords
    self.fixture = fixture
    for index in positional.indices { unread.insert("argument \(index)") }
    for (key, value) in keywords {
      // Everything here is on the CPU; other devices and layouts are not.
      let place = value["device"]?.string ?? value["layout"]?.string ?? value.string
      if key == "device" && place == "cpu" || key == "layout" && place == "strided" { continue }
      unread.insert(key)
    }
  }

  func requireAllRead() throws {
    if let name = unread.min() { throw Refusal.unsupported("the option \(name)") }
  }

  var count: Int { positional.count }

  func value(_ index: Int?, _ name: String?) -> Value? {
    if let index, index < positional.count {
      unread.remove("argument \(index)")
      return positional[index]
    }
    if let name, let member = keywords.first(where: { $0.key == name }) {
      unread.remove(name)
      return member.value
    }
    return nil
  }

  func has(_ name: String) -> Bool { keywords.contains { $0.key == name } }

  private func wrong(_ index: Int?, _ name: String?, _ value: Value, _ wanted: String) -> Refusal {
    let place = name ?? "argument \(index ?? 0)"
    if value.sequence != nil { return .unsupported("a list for \(place), not \(wanted)") }
    return .untyped("\(place) is not \(wanted)")
  }

  // MARK: tensors

  /// The subject: the first argument.
  var x: Tensor { get throws { try tensor(0) } }
  /// The second argument.
  var y: Tensor { get throws { try tensor(1) } }

  func tensor(_ index: Int?, _ name: String? = nil) throws -> Tensor {
    guard let value = value(index, name) else {
      throw Refusal.unsupported("no tensor \(name ?? "\(index ?? 0)")")
    }
    if let tensor = try fixture.tensor(value) { return tensor }
    throw wrong(index, name, value, "a tensor")
  }

  func optionalTensor(_ index: Int?, _ name: String? = nil) throws -> Tensor? {
    guard let value = value(index, name), !value.isNull else { return nil }
    if let tensor = try fixture.tensor(value) { return tensor }
    throw wrong(index, name, value, "a tensor")
  }

  /// A list of tensors in one argument.
  func tensors(_ index: Int) throws -> [Tensor] {
    guard let list = value(index, nil)?.sequence else { throw Refusal.untyped("not a list") }
    return try list.map { element in
      guard let tensor = try fixture.tensor(element) else { throw Refusal.untyped("not a tensor") }
      return tensor
    }
  }

  /// All positional arguments, which are tensors.
  func allTensors() throws -> [Tensor] { try positional.indices.map { try tensor($0) } }

  enum Operand {
    case tensor(Tensor)
    case number(Number)
  }

  func operand(_ index: Int, _ name: String? = nil) throws -> Operand {
    guard let value = value(index, name) else { throw Refusal.untyped("no argument \(index)") }
    if let tensor = try fixture.tensor(value) { return .tensor(tensor) }
    if let number = Number(value) { return .number(number) }
    if value["c"] != nil { throw Refusal.untyped("a complex number") }
    throw wrong(index, name, value, "a tensor or a number")
  }

  /// Calls the form of a binary operation that fits the operands' kinds.
  func binary(
    _ both: (Tensor, Tensor) throws -> Tensor,
    _ right: ((Tensor, Number) throws -> Tensor)? = nil,
    _ left: ((Number, Tensor) throws -> Tensor)? = nil
  ) throws -> Tensor {
    switch (try operand(0), try operand(1, "other")) {
    case (.tensor(let a), .tensor(let b)): return try both(a, b)
    case (.tensor(let a), .number(let b)):
      guard let right else { throw Refusal.untyped("a number as the second operand") }
      return try right(a, b)
    case (.number(let a), .tensor(let b)):
      guard let left else { throw Refusal.untyped("a number as the first operand") }
      return try left(a, b)
    case (.number, .number): throw Refusal.untyped("two numbers")
    }
  }

  // MARK: numbers and options

  func int(_ index: Int?, _ name: String? = nil, _ fallback: Int? = nil) throws -> Int {
    guard let value = value(index, name) else {
      if let fallback { return fallback }
      throw Refusal.unsupported("no \(name ?? "argument")")
    }
    if let value = value.int { return value }
    if let tensor = try fixture.tensor(value), tensor.numel() == 1 {
      return tensor.item(as: Int.self)
    }
    throw wrong(index, name, value, "an integer")
  }

  func optionalInt(_ index: Int?, _ name: String? = nil) throws -> Int? {
    guard let value = value(index, name), !value.isNull else { return nil }
    if let value = value.int { return value }
    throw wrong(index, name, value, "an integer")
  }

  func double(_ index: Int?, _ name: String? = nil, _ fallback: Double? = nil) throws -> Double {
    guard let value = value(index, name) else {
      if let fallback { return fallback }
      throw Refusal.unsupported("no \(name ?? "argument")")
    }
    if let value = value.double { return value }
    throw wrong(index, name, value, "a number")
  }

  func optionalDouble(_ index: Int?, _ name: String? = nil) throws -> Double? {
    guard let value = value(index, name), !value.isNull else { return nil }
    if let value = value.double { return value }
    throw wrong(index, name, value, "a number")
  }

  func number(_ index: Int?, _ name: String? = nil, _ fallback: Int? = nil) throws -> Number {
    guard let value = value(index, name) else {
      if let fallback { return Number(scalarValue: .int(fallback)) }
      throw Refusal.unsupported("no \(name ?? "argument")")
    }
    if let number = Number(value) { return number }
    if value["c"] != nil { throw Refusal.untyped("a complex number") }
    throw wrong(index, name, value, "a number")
  }

  func bool(_ index: Int?, _ name: String? = nil, _ fallback: Bool? = nil) throws -> Bool {
    guard let value = value(index, name), !value.isNull else {
      if let fallback { return fallback }
      throw Refusal.unsupported("no \(name ?? "argument")")
    }
    if case .bool(let value) = value { return value }
    throw wrong(index, name, value, "a Bool")
  }

  func string(_ index: Int?, _ name: String? = nil, _ fallback: String? = nil) throws -> String {
    guard let value = value(index, name), !value.isNull else {
      if let fallback { return fallback }
      throw Refusal.unsupported("no \(name ?? "argument")")
    }
    if let value = value.string { return value }
    throw wrong(index, name, value, "a string")
  }

  func optionalDType(_ index: Int?, _ name: String? = "dtype") throws -> DType? {
    guard let value = value(index, name), !value.isNull else { return nil }
    guard let name = value["dtype"]?.string else { throw wrong(index, name, value, "a dtype") }
    guard let dtype = DType(name: name) else { throw Refusal.unsupported("dtype \(name)") }
    return dtype
  }

  func dtype(_ index: Int?, _ name: String? = "dtype", _ fallback: DType = .float32) throws -> DType
  {
    try optionalDType(index, name) ?? fallback
  }

  // MARK: lists

  /// A list of integers, or one integer.
  enum Integers {
    case one(Int)
    case many([Int])
    var all: [Int] {
      switch self {
      case .one(let value): [value]
      case .many(let values): values
      }
    }
  }

  func optionalInts(_ index: Int?, _ name: String? = nil) throws -> Integers? {
    guard let value = value(index, name), !value.isNull else { return nil }
    if let value = value.int { return .one(value) }
    guard let list = value.sequence else { throw wrong(index, name, value, "integers") }
    return .many(
      try list.map { element in
        guard let value = element.int else { throw Refusal.untyped("not an integer") }
        return value
      })
  }

  func ints(_ index: Int?, _ name: String? = nil) throws -> [Int] {
    guard let values = try optionalInts(index, name) else {
      throw Refusal.unsupported("no \(name ?? "argument \(index ?? 0)")")
    }
    return values.all
  }

  /// The integers of one list, or all integers from a position on: `view((2, 3))` and `view(2, 3)`.
  func sizes(from index: Int) throws -> [Int] {
    if positional.count == index + 1, positional[index].sequence != nil { return try ints(index) }
    return try (index..<positional.count).map { try int($0) }
  }
}
