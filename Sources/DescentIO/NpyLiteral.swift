/// A value of the Python dictionary that heads an npy file.
enum NpyLiteral {
  case string(String)
  case bool(Bool)
  case integer(Int)
  case tuple([Int])
  /// A list: the description of a structured type, which is refused without reading further.
  case list

  /// The value in words, for messages.
  var kind: String {
    switch self {
    case .string(let text): "'\(text.prefix(40))'"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): "\(value)"
    case .tuple(let sizes): "a tuple of \(sizes.count) numbers"
    case .list: "a list"
    }
  }

  struct Failure: Error {
    let reason: String
  }

  /// Reads `{'key': value, ...}` with strings, True, False, integers and tuples of integers.
  ///
  /// Nothing nests, so there is no recursion, and there is nothing to evaluate.
  static func dictionary(
    _ bytes: UnsafeRawBufferPointer
  ) throws(Failure) -> [(key: String, value: NpyLiteral)] {
    var reader = Reader(bytes: bytes)
    try reader.expect("{")
    var members: [(key: String, value: NpyLiteral)] = []
    while true {
      if reader.take("}") { break }
      let key = try reader.string()
      try reader.expect(":")
      let value = try reader.value()
      members.append((key, value))
      // What follows a list is of no interest: the caller refuses the file.
      if case .list = value { return members + missingKeys(besides: members) }
      if !reader.take(",") {
        try reader.expect("}")
        break
      }
    }
    guard reader.isAtEnd else { throw reader.failure("text after the dictionary") }
    return members
  }

  /// Stand-ins for the keys behind a list, so that the caller reports the list itself.
  private static func missingKeys(
    besides members: [(key: String, value: NpyLiteral)]
  ) -> [(key: String, value: NpyLiteral)] {
    ["descr", "fortran_order", "shape"].filter { key in !members.contains { $0.key == key } }
      .map { ($0, .list) }
  }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var at = 0

    func failure(_ reason: String) -> Failure {
      Failure(reason: "\(reason) at byte \(at) of the header")
    }

    var isAtEnd: Bool {
      mutating get {
        skipBlanks()
        return at == bytes.count
      }
    }

    mutating func skipBlanks() {
      while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      skipBlanks()
      guard at < bytes.count, bytes[at] == UInt8(ascii: scalar) else { return false }
      at += 1
      return true
    }

    mutating func expect(_ scalar: Unicode.Scalar) throws(Failure) {
      guard take(scalar) else { throw failure("no '\(scalar)'") }
    }

    mutating func string() throws(Failure) -> String {
      skipBlanks()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "'") || bytes[at] == UInt8(ascii: "\"")
      else { throw failure("no string") }
      let quote = bytes[at]
      let start = at + 1
      at = start
      while at < bytes.count, bytes[at] != quote {
        // No key and no supported type name needs an escape or anything outside ASCII.
        guard bytes[at] >= 0x20, bytes[at] < 0x7F, bytes[at] != UInt8(ascii: "\\") else {
          throw failure("a string with strange characters")
        }
        at += 1
      }
      guard at < bytes.count else { throw failure("a string without end") }
      at += 1
      return String(decoding: bytes[start..<(at - 1)], as: UTF8.self)
    }

    mutating func value() throws(Failure) -> NpyLiteral {
      if takeWord("True") { return .bool(true) }
      if takeWord("False") { return .bool(false) }
      if take("(") { return .tuple(try restOfTuple()) }
      if take("[") { return .list }
      skipBlanks()
      guard at < bytes.count else { throw failure("no value") }
      if bytes[at] == UInt8(ascii: "'") || bytes[at] == UInt8(ascii: "\"") {
        return .string(try string())
      }
      return .integer(try integer())
    }

    mutating func takeWord(_ word: String) -> Bool {
      skipBlanks()
      let code = Array(word.utf8)
      guard bytes.count - at >= code.count, bytes[at..<(at + code.count)].elementsEqual(code)
      else { return false }
      at += code.count
      return true
    }

    mutating func restOfTuple() throws(Failure) -> [Int] {
      var numbers: [Int] = []
      while true {
        if take(")") { return numbers }
        numbers.append(try integer())
        if !take(",") {
          try expect(")")
          // Python reads (6) as a number, not a tuple; so does NumPy, which then refuses it.
          guard numbers.count > 1 else { throw failure("a number in parentheses, not a tuple") }
          return numbers
        }
      }
    }

    mutating func integer() throws(Failure) -> Int {
      skipBlanks()
      let start = at
      if at < bytes.count, bytes[at] == UInt8(ascii: "-") { at += 1 }
      while at < bytes.count, bytes[at] >= UInt8(ascii: "0"), bytes[at] <= UInt8(ascii: "9") {
        at += 1
      }
      guard let number = Int(String(decoding: bytes[start..<at], as: UTF8.self)) else {
        at = start
        throw failure("no number that fits in 64 bits")
      }
      // Python 2 marked its long integers; NumPy still accepts that.
      if at < bytes.count, bytes[at] == UInt8(ascii: "L") { at += 1 }
      return number
    }
  }
}
