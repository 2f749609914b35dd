/// The type of a tensor's elements.
///
/// The cases stand in the order of PyTorch's promotion. `print(dtype)` gives PyTorch's text:
/// ```swift
/// print(DType.float32)  // torch.float32
/// ```
/// float16 and bfloat16 are stored in two bytes and computed in float32.
///
/// - Source: torch.dtype
public enum DType: UInt8, Sendable, CaseIterable, Hashable {
  case bool
  case uint8, int8, int16, int32, int64
  case float16, bfloat16, float32, float64

  /// PyTorch's `torch.float`: float32.
  public static let float = DType.float32
  /// PyTorch's `torch.double`: float64.
  public static let double = DType.float64
  /// PyTorch's `torch.half`: float16.
  public static let half = DType.float16
  /// PyTorch's `torch.long`: int64.
  public static let long = DType.int64
  /// PyTorch's `torch.int`: int32.
  public static let int = DType.int32
  /// PyTorch's `torch.short`: int16.
  public static let short = DType.int16

  /// Size of one element in bytes.
  public var itemSize: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// True for float16, bfloat16, float32 and float64: the types that can require gradients.
  @inline(__always)
  public var isFloatingPoint: Bool { rawValue >= DType.float16.rawValue }

  /// What totals of this floating-point dtype are kept in until the last step: float32 for halves.
  var accumulator: DType { isFloatingPoint && itemSize == 2 ? .float32 : self }

  /// True for the integers; false for bool and floating point.
  @inline(__always)
  public var isInteger: Bool {
    rawValue >= DType.uint8.rawValue && rawValue <= DType.int64.rawValue
  }

  /// True for integers that can hold negative numbers, and for floating point.
  public var isSigned: Bool { self != .bool && self != .uint8 }

  /// The name without PyTorch's prefix, as messages use it: `float32`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .uint8: "uint8"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    }
  }

  /// The dtype with a given name (`float32`), or nil.
  public init?(name: String) {
    guard let dtype = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = dtype
  }
}

extension DType: CustomStringConvertible {
  public var description: String { "torch." + name }
}
