import DescentCore

/// Arrays in NumPy's format.
///
/// - Source: numpy.save, numpy.load
public enum Npy {
  /// Writes a tensor; bfloat16, which NumPy has not, is written as float32.
  public static func save(_ tensor: Tensor, to path: String) throws(NpyError) {
    let array = tensor.dtype == .bfloat16 ? tensor.float() : tensor
    try NpyArray(
      dtype: NpyDType(array.dtype), shape: Array(array.shape),
      bytes: array.withUnsafeBytes { Array($0) }
    ).write(to: path)
  }

  /// Reads an array of any byte order and memory order.
  public static func load(_ path: String) throws(NpyError) -> Tensor {
    let array = try NpyArray(path: path)
    if array.shape.count > Shape.maxDims {
      throw NpyError(
        .unsupportedDType, "the array has more than \(Shape.maxDims) dimensions",
        got: "\(array.shape.count) dimensions", try: "reshape in NumPy before saving")
    }
    return Tensor.withUninitializedBytes(Shape(array.shape), dtype: array.dtype.descent) { target in
      array.bytes.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }
}

extension NpyDType {
  init(_ dtype: DType) {
    self = NpyDType.allCases.first { $0.descent == dtype } ?? .float32
  }

  var descent: DType {
    switch self {
    case .bool: .bool
    case .uint8: .uint8
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .float16: .float16
    case .float32: .float32
    case .float64: .float64
    }
  }
}
