/// An element type of the npy format that Descent has too, by NumPy's kind letter and size.
public enum NpyDType: String, CaseIterable, Sendable {
  case bool = "b1"
  case uint8 = "u1"
  case int8 = "i1"
  case int16 = "i2"
  case int32 = "i4"
  case int64 = "i8"
  case float16 = "f2"
  case float32 = "f4"
  case float64 = "f8"

  /// The bytes of one element.
  public var itemSize: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .float16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// The `descr` that NumPy writes on a little-endian machine, for example `<f4` or `|u1`.
  public var littleEndianDescription: String {
    (itemSize == 1 ? "|" : "<") + rawValue
  }

  /// Reads a `descr` such as `<f4`, `>i8`, `|b1`, `=f4` or `?`.
  ///
  /// - Returns: the type and whether the bytes are big-endian; nil for any other text.
  static func parse(_ text: String) -> (dtype: NpyDType, isBigEndian: Bool)? {
    if text == "?" { return (.bool, false) }
    guard let order = text.first, let dtype = NpyDType(rawValue: String(text.dropFirst())) else {
      return nil
    }
    switch order {
    case "<": return (dtype, false)
    case ">": return (dtype, dtype.itemSize > 1)
    case "=":
      // "Native": the machine that wrote the file is unknown; NumPy takes it to be this one.
      return (dtype, dtype.itemSize > 1 && 1.bigEndian == 1)
    case "|": return dtype.itemSize == 1 ? (dtype, false) : nil
    default: return nil
    }
  }
}
