import Descent
import Foundation

/// A JSON value of the golden files, or a tensor made on the way.
///
/// Foundation's readers do not keep `1` and `1.0` apart, which decides dtypes here; hence a reader of
/// our own.
enum Value {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([Value])
  case object([(key: String, value: Value)])
  case tensor(Tensor)

  subscript(key: String) -> Value? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  var members: [(key: String, value: Value)] {
    if case .object(let members) = self { members } else { [] }
  }
  var elements: [Value] { if case .array(let elements) = self { elements } else { [] } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
  var int: Int? { if case .int(let value) = self { value } else { nil } }
  var isNull: Bool { if case .null = self { true } else { false } }

  /// A number of JSON, or `{"f": "nan"}`.
  var double: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: self["f"]?.string.flatMap(Double.init)
    }
  }

  /// The members of a list, tuple or size.
  var sequence: [Value]? {
    (self["list"] ?? self["tuple"] ?? self["size"])?.elements
  }
}

/// Reads JSON that was written by Python: trusted, but without losing the kind of a number.
struct ValueReader {
  private let bytes: [UInt8]
  private var at = 0

  static func read(_ path: String) throws -> Value {
    var reader = ValueReader(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    return reader.value()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func skip() {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skip()
    guard at < bytes.count, bytes[at] == character.asciiValue else { return false }
    at += 1
    return true
  }

  private mutating func value() -> Value {
    skip()
    switch bytes[at] {
    case UInt8(ascii: "{"):
      at += 1
      var members: [(key: String, value: Value)] = []
      while !take("}") {
        _ = take(",")
        skip()
        let key = text()
        precondition(take(":"), "a colon is missing at byte \(at)")
        members.append((key, value()))
      }
      return .object(members)
    case UInt8(ascii: "["):
      at += 1
      var elements: [Value] = []
      while !take("]") {
        _ = take(",")
        elements.append(value())
      }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(text())
    case UInt8(ascii: "t"):
      at += 4
      return .bool(true)
    case UInt8(ascii: "f"):
      at += 5
      return .bool(false)
    case UInt8(ascii: "n"):
      at += 4
      return .null
    default: return number()
    }
  }

  private mutating func number() -> Value {
    let start = at
    while at < bytes.count, "+-.eE0123456789".utf8.contains(bytes[at]) { at += 1 }
    precondition(at > start, "no value at byte \(start)")
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    return Int(text).map(Value.int) ?? .double(Double(text) ?? .nan)
  }

  private mutating func text() -> String {
    precondition(bytes[at] == UInt8(ascii: "\""), "a string is missing at byte \(at)")
    let start = at
    at += 1
    while bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
    at += 1
    let inner = bytes[start + 1..<at - 1]
    if !inner.contains(UInt8(ascii: "\\")) { return String(decoding: inner, as: UTF8.self) }
    let decoded = try? JSONDecoder().decode(String.self, from: Data(bytes[start..<at]))
    return decoded ?? String(decoding: inner, as: UTF8.self)
  }
}
