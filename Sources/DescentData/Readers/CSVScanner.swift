/// Walks through comma-separated text, field by field.
struct CSVScanner {
  private let bytes: [UInt8]
  private let delimiter: UInt8
  private let comment: UInt8?
  private let source: String
  private var at = 0
  /// The line of the field that was read last, and the line that the scanner has come to.
  private var fieldLine = 1
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let blank = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(bytes: [UInt8], delimiter: UInt8, comment: UInt8?, source: String) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.comment = comment
    self.source = source
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  /// Goes to the first field of the next line that is neither empty nor a comment.
  ///
  /// - Returns: false at the end of the text.
  mutating func beginRow() throws(ReaderError) -> Bool {
    while at < bytes.count {
      if takeLineEnd() { continue }
      if bytes[at] == comment {
        while at < bytes.count, !isLineEnd(bytes[at]) { at += 1 }
        continue
      }
      let start = at
      skipBlanks()
      if at == bytes.count { return false }
      if isLineEnd(bytes[at]) { continue }
      at = start
      return true
    }
    return false
  }

  /// Reads a field without its quotes and the blanks around it, and stops behind it.
  mutating func field() throws(ReaderError) -> ArraySlice<UInt8> {
    skipBlanks()
    fieldLine = line
    if at < bytes.count, bytes[at] == Self.quote { return try quotedField() }
    let start = at
    while at < bytes.count, bytes[at] != delimiter, !isLineEnd(bytes[at]) { at += 1 }
    var end = at
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return bytes[start..<end]
  }

  /// Steps over a delimiter, or to the next line.
  ///
  /// - Returns: whether another field follows in this line.
  mutating func takeDelimiter() -> Bool {
    if delimiter == Self.blank {
      let start = at
      while at < bytes.count, bytes[at] == Self.blank { at += 1 }
      if at > start, at < bytes.count, !isLineEnd(bytes[at]) { return true }
    } else if at < bytes.count, bytes[at] == delimiter {
      at += 1
      return true
    }
    _ = takeLineEnd()
    return false
  }

  /// An error at the field that was read last.
  func failure(
    _ kind: ReaderError.Kind, column: Int?, _ problem: String, got: String, try remedy: String
  ) -> ReaderError {
    ReaderError(
      kind, reader: "csv", source: source, line: fieldLine, column: column, problem, got: got,
      try: remedy)
  }

  private mutating func quotedField() throws(ReaderError) -> ArraySlice<UInt8> {
    at += 1
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      if byte == Self.quote {
        at += 1
        guard at < bytes.count, bytes[at] == Self.quote else {
          skipBlanks()
          guard
            at == bytes.count || bytes[at] == delimiter || isLineEnd(bytes[at])
              || delimiter == Self.blank
          else {
            throw failure(
              .malformed, column: nil, "text follows a closing quote",
              got: "\"\(String(decoding: text.prefix(40), as: UTF8.self))\" and more",
              try: "doubling quotes inside quoted text")
          }
          return text[...]
        }
        text.append(byte)
        at += 1
      } else if isLineEnd(byte) {
        let start = at
        _ = takeLineEnd()
        text += bytes[start..<at]
      } else {
        text.append(byte)
        at += 1
      }
    }
    throw failure(
      .malformed, column: nil, "a quoted field has no end",
      got: "\"\(String(decoding: text.prefix(40), as: UTF8.self))", try: "a closing quote")
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == Self.lineFeed || byte == Self.carriageReturn
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == Self.blank || byte == Self.tab && delimiter != Self.tab
  }

  private mutating func skipBlanks() {
    while at < bytes.count, isBlank(bytes[at]) { at += 1 }
  }

  private mutating func takeLineEnd() -> Bool {
    guard at < bytes.count, isLineEnd(bytes[at]) else { return false }
    let isPair =
      bytes[at] == Self.carriageReturn && at + 1 < bytes.count
      && bytes[at + 1] == Self.lineFeed
    at += isPair ? 2 : 1
    line += 1
    return true
  }
}
