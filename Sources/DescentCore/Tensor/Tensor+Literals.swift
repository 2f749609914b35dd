/// What nested array literals of numbers are made of: numbers, and arrays of these.
public protocol TensorLiteral {
  /// The dtype of a tensor made from it: int64, float32 or bool.
  static var literalDType: DType { get }
  /// Appends the numbers in row-major order and the sizes met; throws on ragged rows.
  func flatten(into buffer: inout LiteralBuffer, depth: Int) throws(Misuse)
}

/// The numbers of a literal while it is read.
public struct LiteralBuffer {
  var sizes: [Int] = []
  var numbers: [ScalarValue] = []
}

extension Int: TensorLiteral {
  public static var literalDType: DType { .int64 }
  public func flatten(into buffer: inout LiteralBuffer, depth: Int) throws(Misuse) {
    buffer.numbers.append(.int(self))
  }
}
extension Double: TensorLiteral {
  public static var literalDType: DType { .float32 }
  public func flatten(into buffer: inout LiteralBuffer, depth: Int) throws(Misuse) {
    buffer.numbers.append(.double(self))
  }
}
extension Float: TensorLiteral {
  public static var literalDType: DType { .float32 }
  public func flatten(into buffer: inout LiteralBuffer, depth: Int) throws(Misuse) {
    buffer.numbers.append(.double(Double(self)))
  }
}
extension Bool: TensorLiteral {
  public static var literalDType: DType { .bool }
  public func flatten(into buffer: inout LiteralBuffer, depth: Int) throws(Misuse) {
    buffer.numbers.append(.bool(self))
  }
}
extension Array: TensorLiteral where Element: TensorLiteral {
  public static var literalDType: DType { Element.literalDType }
  public func flatten(into buffer: inout LiteralBuffer, depth: Int) throws(Misuse) {
    if buffer.sizes.count == depth {
      buffer.sizes.append(count)
    } else if buffer.sizes[depth] != count {
      throw Misuse(
        "Tensor", "the rows of dimension \(depth) have different lengths",
        got: "\(buffer.sizes[depth]) and \(count) elements", try: "rows of one length")
    }
    for element in self { try element.flatten(into: &buffer, depth: depth + 1) }
  }
}

extension Tensor {
  /// Makes a tensor from a number or nested arrays of numbers.
  ///
  /// Integers give int64, floating-point numbers float32, Bools bool, unless `dtype` says otherwise.
  /// ```swift
  /// print(Tensor([[1, 2], [3, 4]]))
  /// // tensor([[1, 2],
  /// //         [3, 4]])
  /// ```
  /// - Precondition: rows have equal lengths:
  ///   `Tensor: the rows of dimension 1 have different lengths. Got 2 and 3 elements. …`
  /// - Source: torch.tensor
  public convenience init(
    _ values: some TensorLiteral, dtype: DType? = nil, device: Device = .cpu,
    requiresGrad: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) {
    let made = Tensor.literal(values, dtype, device, file, line)
    self.init(storage: made.storage, layout: made.layout, dtype: made.dtype)
    if requiresGrad { requiresGrad_(file: file, line: line) }
  }

  private static func literal<T: TensorLiteral>(
    _ values: T, _ dtype: DType?, _ device: Device, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let dtype = dtype ?? T.literalDType
    // Types are compared first: a cast that fails converts the array, element by element.
    if T.self == [Double].self, let flat = values as? [Double] {
      return dtype == .float32
        ? Tensor(flat.map { Float($0) }, shape: [flat.count])
        : flattened(flat, [flat.count], dtype, device)
    }
    if T.self == [Float].self, let flat = values as? [Float] {
      return flattened(flat, [flat.count], dtype, device)
    }
    if T.self == [Int].self, let flat = values as? [Int] {
      return flattened(flat, [flat.count], dtype, device)
    }
    let buffer = attempt(file: file, line: line) { () throws(Misuse) in
      var buffer = LiteralBuffer()
      try values.flatten(into: &buffer, depth: 0)
      if buffer.sizes.count > Shape.maxDims {
        throw Rules.tooManyDims("Tensor", buffer.sizes.count)
      }
      return buffer
    }
    guard let buffer else { return .poison }
    // Sizes below an empty dimension are not met; they are empty too.
    switch T.literalDType {
    case .int64:
      return flattened(buffer.numbers.map { $0.int ?? 0 }, Shape(buffer.sizes), dtype, device)
    case .bool:
      return flattened(buffer.numbers.map { $0.double != 0 }, Shape(buffer.sizes), dtype, device)
    default:
      return flattened(buffer.numbers.map(\.double), Shape(buffer.sizes), dtype, device)
    }
  }

  private static func flattened<T: HostElement>(
    _ values: [T], _ shape: Shape, _ dtype: DType, _ device: Device
  ) -> Tensor {
    let tensor = Tensor(values, shape: shape)
    return tensor.dtype == dtype ? tensor : noGrad { tensor.to(dtype) }
  }
}
