/// An array of an IDX file, the format of MNIST and its relatives.
public struct IDXArray: Equatable, Sendable {
  /// The element types of the format.
  public enum ElementType: UInt8, Sendable, CaseIterable {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0B
    case int32 = 0x0C
    case float32 = 0x0D
    case float64 = 0x0E

    /// The bytes of one element.
    public var itemSize: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }
  }

  /// The element type.
  public let type: ElementType
  /// The sizes; `[60000, 28, 28]` for the training images of MNIST.
  public let shape: [Int]
  /// The elements, row-major, in the byte order of this machine.
  public let bytes: [UInt8]
}

/// Reads IDX files: four magic bytes, big-endian sizes, big-endian elements.
///
/// ```swift
/// let images = try IDXReader.read("train-images-idx3-ubyte.gz")
/// print(images.type, images.shape)  // uint8 [60000, 28, 28]
/// ```
///
/// The sizes are checked against the bytes that are there before anything is allocated, and bytes
/// that are missing or left over are refused.
///
/// - Source: Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits,
///   1998, "File formats".
public enum IDXReader {
  /// Reads a file, gzip'd or plain.
  ///
  /// - Throws: `ReaderError` of kind `io`, `malformed` or `unsupportedType`.
  public static func read(_ path: String, limit: Int = 1 << 34) throws(ReaderError) -> IDXArray {
    try parse(try ReaderError.reading(path, reader: "idx", limit: limit), source: path)
  }

  /// Parses a whole file that is at hand as bytes.
  ///
  /// - Parameters:
  ///   - bytes: the file, expanded.
  ///   - source: what messages call it.
  /// - Throws: `ReaderError` of kind `malformed` or `unsupportedType`.
  public static func parse(
    _ bytes: [UInt8], source: String = "the data"
  ) throws(ReaderError) -> IDXArray {
    func malformed(_ problem: String, got: String) -> ReaderError {
      ReaderError(
        .malformed, reader: "idx", source: source, problem, got: got,
        try: "a fresh copy of the file; a cut download is the usual cause")
    }
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else {
      throw malformed(
        "the file does not begin with two zero bytes, a type and a rank",
        got: bytes.isEmpty ? "an empty file" : "the bytes \(bytes.prefix(4))")
    }
    guard let type = IDXArray.ElementType(rawValue: bytes[2]) else {
      throw ReaderError(
        .unsupportedType, reader: "idx", source: source, "the element type is unknown",
        got: "code \(bytes[2])", try: "one of the codes 8, 9, 11, 12, 13 and 14")
    }
    let rank = Int(bytes[3])
    let dataStart = 4 + 4 * rank
    guard bytes.count >= dataStart else {
      throw malformed("the file ends before its \(rank) sizes do", got: "\(bytes.count) bytes")
    }
    var shape: [Int] = []
    var count = type.itemSize
    for dimension in 0..<rank {
      var size = 0
      for byte in bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)] { size = size << 8 | Int(byte) }
      shape.append(size)
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw malformed("the size of the array overflows", got: "\(shape)") }
      count = product
    }
    guard bytes.count - dataStart == count else {
      throw malformed(
        bytes.count - dataStart < count
          ? "the file ends before its data do" : "bytes follow the data",
        got: "\(bytes.count - dataStart) bytes where \(type) \(shape) takes \(count)")
    }
    var elements = Array(bytes[dataStart...])
    let itemSize = type.itemSize
    if itemSize > 1, 1.bigEndian != 1 {
      for start in stride(from: 0, to: elements.count, by: itemSize) {
        for offset in 0..<(itemSize / 2) {
          elements.swapAt(start + offset, start + itemSize - 1 - offset)
        }
      }
    }
    return IDXArray(type: type, shape: shape, bytes: elements)
  }
}
