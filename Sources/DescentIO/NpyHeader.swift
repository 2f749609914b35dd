/// The header of an npy file: element type, byte order, layout and shape of one array.
///
/// The format is six magic bytes, two of version, a little-endian length (2 bytes in version 1,
/// 4 in versions 2 and 3) and a Python dictionary as text:
///
///     {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
///
/// The text is parsed by a small reader for exactly such dictionaries (`NpyLiteral`), never
/// evaluated, and object arrays, which hold pickled code, are refused. Everything is checked against
/// the bytes that are there before a caller allocates.
///
/// - Source: numpy.lib.format, versions 1.0, 2.0 and 3.0.
public struct NpyHeader: Equatable, Sendable {
  /// The largest number of dimensions, NumPy's own limit.
  public static let maximumRank = 64
  /// The longest header text that is read. NumPy stops at 10,000 bytes; 64 sizes take 1,300.
  public static let maximumHeaderLength = 65_536

  /// The format's version: (1, 0), (2, 0) or (3, 0).
  public let version: Version
  /// The `descr` as it stood in the file, for example `<f4`.
  public let descr: String
  /// The element type.
  public let dtype: NpyDType
  /// Whether elements of several bytes begin with the most significant one.
  public let isBigEndian: Bool
  /// Whether the first index varies fastest (column-major).
  public let fortranOrder: Bool
  /// The sizes; empty for a 0-d array.
  public let shape: [Int]
  /// Where the elements lie in the file, counted from its first byte.
  public let byteRange: Range<Int>

  /// The two numbers of a format version.
  public struct Version: Equatable, Sendable {
    public let major: UInt8
    public let minor: UInt8
  }

  /// The number of elements.
  public var elementCount: Int { byteRange.count / dtype.itemSize }

  /// Parses and checks the header of an array that begins `file`.
  ///
  /// Bytes after the array's data are left alone: `numpy.save` may have appended another array.
  ///
  /// - Throws: `NpyError` of kind `malformed` or `unsupportedDType`.
  public init(parsing file: UnsafeRawBufferPointer) throws(NpyError) {
    let (version, textRange) = try Self.headerRange(of: file)
    let text = UnsafeRawBufferPointer(rebasing: file[textRange])
    let dataStart = textRange.upperBound
    self.version = version
    let members: [(key: String, value: NpyLiteral)]
    do {
      members = try NpyLiteral.dictionary(text)
    } catch {
      throw .malformed(
        "the header is not the dictionary that the format prescribes", got: error.reason)
    }
    var values: [String: NpyLiteral] = [:]
    for (key, value) in members {
      guard ["descr", "fortran_order", "shape"].contains(key) else {
        throw .malformed("the header has an unknown key", got: "'\(key.prefix(40))'")
      }
      guard values.updateValue(value, forKey: key) == nil else {
        throw .malformed("the header has a key twice", got: "'\(key)'")
      }
    }
    guard let descr = values["descr"], let order = values["fortran_order"],
      let sizes = values["shape"]
    else {
      throw .malformed(
        "the header lacks descr, fortran_order or shape", got: "the keys \(values.keys.sorted())")
    }
    (self.descr, dtype, isBigEndian) = try Self.elementType(descr)
    guard case .bool(let fortranOrder) = order else {
      throw .malformed("fortran_order is neither True nor False", got: order.kind)
    }
    self.fortranOrder = fortranOrder
    shape = try Self.shape(sizes)

    var count = dtype.itemSize
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw .malformed("the size of the array overflows", got: "\(shape)") }
      count = product
    }
    guard count <= file.count - dataStart else {
      throw .malformed(
        "the file ends before its data do",
        got: "\(file.count - dataStart) bytes where \(self.descr) \(shape) takes \(count)")
    }
    byteRange = dataStart..<(dataStart + count)
  }

  private static func headerRange(
    of file: UnsafeRawBufferPointer
  ) throws(NpyError) -> (Version, Range<Int>) {
    guard file.count >= 10, file.prefix(6).elementsEqual([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59])
    else {
      throw .malformed(
        "the file does not begin as npy files do",
        got: file.isEmpty ? "an empty file" : "the bytes \(Array(file.prefix(6)))")
    }
    let version = Version(major: file[6], minor: file[7])
    let lengthBytes: Int
    switch (version.major, version.minor) {
    case (1, 0): lengthBytes = 2
    case (2, 0), (3, 0): lengthBytes = 4
    default:
      throw .malformed(
        "the format version is unknown", got: "\(version.major).\(version.minor)")
    }
    guard file.count >= 8 + lengthBytes else {
      throw .malformed("the file ends before its header does", got: "\(file.count) bytes")
    }
    var length = 0
    for index in (0..<lengthBytes).reversed() { length = length << 8 | Int(file[8 + index]) }
    guard length <= file.count - 8 - lengthBytes, length <= maximumHeaderLength else {
      throw .malformed(
        "the header is longer than the file or than any sensible header",
        got: "\(length) bytes in a file of \(file.count)")
    }
    let start = 8 + lengthBytes
    return (version, start..<(start + length))
  }

  private static func elementType(
    _ value: NpyLiteral
  ) throws(NpyError) -> (String, NpyDType, Bool) {
    guard case .string(let text) = value else {
      throw NpyError(
        .unsupportedDType, "structured arrays have no counterpart here", got: value.kind,
        try: "saving each field as an array of its own")
    }
    if let (dtype, isBigEndian) = NpyDType.parse(text) { return (text, dtype, isBigEndian) }
    let remedy =
      switch text.dropFirst().first {
      case "O": "an array of numbers; object arrays hold pickled code, which is never run"
      case "c": "saving array.real and array.imag"
      case "u": "array.astype(numpy.int64)"
      default: "array.astype with one of bool, uint8, int8 to int64, float16 to float64"
      }
    throw NpyError(
      .unsupportedDType, "the element type has no counterpart here", got: "'\(text.prefix(40))'",
      try: remedy)
  }

  private static func shape(_ value: NpyLiteral) throws(NpyError) -> [Int] {
    guard case .tuple(let sizes) = value else {
      throw .malformed("shape is not a tuple", got: value.kind)
    }
    guard sizes.count <= maximumRank, sizes.allSatisfy({ $0 >= 0 }) else {
      throw .malformed(
        "shape has a negative size or more than \(maximumRank) sizes",
        got: "\(sizes.count) sizes, the smallest \(sizes.min() ?? 0)")
    }
    return sizes
  }
}
