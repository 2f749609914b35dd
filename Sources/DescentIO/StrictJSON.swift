/// A JSON value as the safetensors header needs it.
///
/// Objects keep their order. Numbers that are not integers within `Int` keep their text only:
/// the header has no use for them but to say what stood there.
enum JSONValue {
  case object([(key: String, value: JSONValue)])
  case array([JSONValue])
  case string(String)
  case integer(Int)
  case otherNumber(String)
  case bool(Bool)
  case null

  /// The value's kind in words, for messages.
  var kind: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string(let text): "the string \"\(text.prefix(40))\""
    case .integer(let value): "the number \(value)"
    case .otherNumber(let text): "the number \(text)"
    case .bool(let value): "\(value)"
    case .null: "null"
    }
  }
}

/// Says what is wrong with a JSON text and at which byte.
struct JSONFailure: Error {
  let reason: String
  let offset: Int
}

/// Reads JSON as RFC 8259 defines it and nothing more.
///
/// Headers come from strangers, so this reader refuses what lenient readers let through:
/// duplicate keys, invalid UTF-8, lone surrogates, `NaN`, comments, trailing commas, leading
/// zeros, and nesting deeper than `maximumDepth` (which also bounds the recursion). It is small
/// enough to be read in one go, and it keeps Foundation out of every program that loads a model.
struct StrictJSON {
  static let maximumDepth = 16

  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  /// Parses all of `bytes` as one value; blanks may stand before and after it.
  static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONFailure) -> JSONValue {
    var reader = StrictJSON(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.at == bytes.count else { throw reader.failure("text after the end") }
    return value
  }

  private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private func failure(_ reason: String) -> JSONFailure {
    JSONFailure(reason: reason, offset: at)
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: scalar) else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONFailure) -> JSONValue {
    guard depth < Self.maximumDepth else {
      throw failure("nesting deeper than \(Self.maximumDepth) levels")
    }
    skipBlanks()
    guard let first = next else { throw failure("the text ends where a value is expected") }
    switch first {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("a value is expected")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONFailure)
    -> JSONValue
  {
    let count = text.utf8CodeUnitCount
    guard bytes.count - at >= count,
      (0..<count).allSatisfy({ bytes[at + $0] == text.utf8Start[$0] })
    else { throw failure("a value is expected") }
    at += count
    return value
  }

  private mutating func object(depth: Int) throws(JSONFailure) -> JSONValue {
    at += 1
    var members: [(key: String, value: JSONValue)] = []
    var seen: Set<String> = []
    skipBlanks()
    if take("}") { return .object(members) }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes is expected") }
      let key = try string()
      // Two keys that differ in code points only (é as one or as two) are equal as Strings; a
      // dictionary could not hold both, so they count as duplicates.
      guard seen.insert(key).inserted else { throw failure("the key \"\(key)\" stands twice") }
      skipBlanks()
      guard take(":") else { throw failure("':' is expected") }
      members.append((key, try value(depth: depth + 1)))
      skipBlanks()
      if take("}") { return .object(members) }
      guard take(",") else { throw failure("',' or '}' is expected") }
    }
  }

  private mutating func array(depth: Int) throws(JSONFailure) -> JSONValue {
    at += 1
    var elements: [JSONValue] = []
    skipBlanks()
    if take("]") { return .array(elements) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if take("]") { return .array(elements) }
      guard take(",") else { throw failure("',' or ']' is expected") }
    }
  }

  private mutating func number() throws(JSONFailure) -> JSONValue {
    let start = at
    var isInteger = true
    _ = take("-")
    let firstDigit = at
    try digits()
    if bytes[firstDigit] == UInt8(ascii: "0") && at - firstDigit > 1 {
      throw failure("a number has leading zeros")
    }
    if take(".") {
      isInteger = false
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      at += 1
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    return .otherNumber(text)
  }

  private mutating func digits() throws(JSONFailure) {
    let start = at
    while let byte = next, byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") { at += 1 }
    guard at > start else { throw failure("a digit is expected") }
  }

  private mutating func string() throws(JSONFailure) -> String {
    at += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not valid UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        at += 1
        try escape(into: &text)
      case 0..<0x20:
        throw failure("a string holds a control character")
      default:
        text.append(byte)
        at += 1
      }
    }
    throw failure("a string has no end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFailure) {
    guard let letter = next else { throw failure("a string has no end") }
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try escapedScalar()).utf8)
    default: throw failure("a string holds an unknown escape")
    }
  }

  private mutating func escapedScalar() throws(JSONFailure) -> Unicode.Scalar {
    var code = try fourHexDigits()
    if code >= 0xD800 && code < 0xDC00 {
      guard take("\\"), take("u") else { throw failure("a string holds half a surrogate pair") }
      let low = try fourHexDigits()
      guard low >= 0xDC00 && low < 0xE000 else {
        throw failure("a string holds half a surrogate pair")
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw failure("a string holds half a surrogate pair")
    }
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONFailure) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits are expected")
      }
      code = code << 4 | UInt32(digit)
      at += 1
    }
    return code
  }
}

/// The text as a JSON string with its quotes, escaped as little as RFC 8259 allows.
func jsonQuoted(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\u{08}": quoted += "\\b"
    case "\u{0C}": quoted += "\\f"
    case "\n": quoted += "\\n"
    case "\r": quoted += "\\r"
    case "\t": quoted += "\\t"
    case "\0"..<" ":
      let digits = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}
