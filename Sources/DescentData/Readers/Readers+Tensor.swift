import DescentCore

extension CSVTable {
  /// The numbers as a [rows, columns] tensor.
  public func tensor(dtype: DType = .float32) -> Tensor {
    Tensor(values, shape: [rows, columns]).to(dtype)
  }
}

extension IDXArray {
  /// The elements as a tensor of the file's dtype (unsigned bytes are uint8).
  public var tensor: Tensor {
    let dtype: DType =
      switch type {
      case .uint8: .uint8
      case .int8: .int8
      case .int16: .int16
      case .int32: .int32
      case .float32: .float32
      case .float64: .float64
      }
    return Tensor.withUninitializedBytes(Shape(shape), dtype: dtype) { target in
      bytes.withUnsafeBytes { source in target.copyMemory(from: source) }
    }
  }
}
