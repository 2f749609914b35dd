import DescentZlib

/// Says why a table or an array file cannot be read, with the place in the file.
public struct ReaderError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is, for programs that react to it.
  public enum Kind: Equatable, Sendable {
    /// The system could not open or read the file, or its compression is damaged.
    case io
    /// The contents do not follow the format.
    case malformed
    /// A field is not a number.
    case notANumber
    /// Rows differ in their number of fields.
    case raggedRows
    /// The file is valid, but its element type is not one that the caller can use.
    case unsupportedType
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The file's name, or what the caller called the bytes.
  public let source: String
  /// The line, counted from 1; nil for binary files.
  public let line: Int?
  /// The field in the line, counted from 1; nil where no field is to blame.
  public let column: Int?
  /// The whole message: the place, what is wrong, what was found, what to try.
  public let description: String

  init(
    _ kind: Kind, reader: String, source: String, line: Int? = nil, column: Int? = nil,
    _ problem: String, got: String, try remedy: String
  ) {
    self.kind = kind
    self.source = source
    self.line = line
    self.column = column
    var place = source
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(column)" }
    description = "\(reader): \(problem). Got \(got) in \(place). Try \(remedy)."
  }

  static func reading(_ path: String, reader: String, limit: Int) throws(ReaderError) -> [UInt8] {
    do {
      return try Zlib.readFile(path, limit: limit)
    } catch {
      throw ReaderError(
        .io, reader: reader, source: path, "the file cannot be read", got: "\(error)",
        try: "another path, or a fresh copy of the file")
    }
  }
}
