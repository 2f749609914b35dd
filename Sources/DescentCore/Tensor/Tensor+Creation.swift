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
    if let flat = values as? [Float] { return flattened(flat, [flat.count], dtype, device) }
    if let flat = values as? [Double] { return flattened(flat, [flat.count], dtype, device) }
    if let flat = values as? [Int] { return flattened(flat, [flat.count], dtype, device) }
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

  /// Makes a tensor of the element type's own dtype (`Float` float32, `Double` float64, `Int` int64 …)
  /// from numbers in row-major order.
  public convenience init<T: HostElement>(
    _ values: [T], shape: Shape, requiresGrad: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.creation("Tensor", shape, T.dtype, .cpu)
      if values.count != shape.elementCount {
        throw Misuse(
          "Tensor", "\(values.count) numbers do not fill the shape",
          got: "\(values.count) numbers for \(shape.brackets)",
          try: "a shape of \(values.count) elements")
      }
    }
    self.init(empty: checked == nil ? [0] : shape, dtype: T.dtype)
    if checked == nil { return }
    values.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress {
        storage.data.copyMemory(from: base, byteCount: bytes.count)
      }
    }
    if requiresGrad { requiresGrad_(file: file, line: line) }
  }

  /// A new tensor whose elements are not set yet; nil after a misuse.
  static func make(
    _ operation: String, _ shape: Shape, _ dtype: DType, _ device: Device, _ requiresGrad: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor? {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.creation(operation, shape, dtype, device)
    }
    if checked == nil { return nil }
    let tensor = Tensor(empty: shape, dtype: dtype)
    if requiresGrad { tensor.requiresGrad_(file: file, line: line) }
    return tensor
  }

  // MARK: constant

  /// A tensor filled with one number; dtype from the number unless given.
  ///
  /// - Source: torch.full
  public static func full(
    _ shape: Shape, _ value: some Scalar, dtype: DType? = nil, device: Device = .cpu,
    requiresGrad: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let value = value.scalarValue
    let dtype = dtype ?? value.weakDType
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.representable("full", value, dtype)
    }
    if checked == nil { return .poison }
    return filled("full", shape, value, dtype, device, requiresGrad, file, line)
  }

  private static func filled(
    _ operation: String, _ shape: Shape, _ value: ScalarValue, _ dtype: DType, _ device: Device,
    _ requiresGrad: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    guard let tensor = make(operation, shape, dtype, device, requiresGrad, file, line) else {
      return .poison
    }
    tensor.device.backend.fill(FillCall(pattern: .value(value), output: tensor))
    return tensor
  }

  /// Zeros: `Tensor.zeros(2, 3)`.
  ///
  /// - Source: torch.zeros
  public static func zeros(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    zeros(
      Shape(sizes), dtype: dtype, device: device, requiresGrad: requiresGrad, file: file, line: line
    )
  }

  public static func zeros(
    _ shape: Shape, dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    filled("zeros", shape, .int(0), dtype, device, requiresGrad, file, line)
  }

  /// Ones: `Tensor.ones(2, 3)`.
  ///
  /// - Source: torch.ones
  public static func ones(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    ones(
      Shape(sizes), dtype: dtype, device: device, requiresGrad: requiresGrad, file: file, line: line
    )
  }

  public static func ones(
    _ shape: Shape, dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    filled("ones", shape, .int(1), dtype, device, requiresGrad, file, line)
  }

  /// Memory as it comes; write it before you read it.
  ///
  /// - Source: torch.empty
  public static func empty(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    make("empty", Shape(sizes), dtype, device, requiresGrad, file, line) ?? .poison
  }

  public static func empty(
    _ shape: Shape, dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    make("empty", shape, dtype, device, requiresGrad, file, line) ?? .poison
  }

  /// - Source: torch.zeros_like
  public static func zerosLike(_ other: Tensor, dtype: DType? = nil) -> Tensor {
    zeros(other.shape, dtype: dtype ?? other.dtype)
  }

  /// - Source: torch.ones_like
  public static func onesLike(_ other: Tensor, dtype: DType? = nil) -> Tensor {
    ones(other.shape, dtype: dtype ?? other.dtype)
  }

  /// - Source: torch.full_like
  public static func fullLike(_ other: Tensor, _ value: some Scalar, dtype: DType? = nil) -> Tensor
  {
    full(other.shape, value, dtype: dtype ?? other.dtype)
  }

  /// - Source: torch.empty_like
  public static func emptyLike(_ other: Tensor, dtype: DType? = nil) -> Tensor {
    empty(other.shape, dtype: dtype ?? other.dtype)
  }

  // MARK: sequences

  /// Numbers from 0 to `end`, `end` excluded.
  public static func arange(
    _ end: some Scalar, dtype: DType? = nil, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    arange(0, end, step: 1, dtype: dtype, requiresGrad: requiresGrad, file: file, line: line)
  }

  /// Numbers from `start` in steps of `step` as long as they are before `end`: ceil((end - start) / step).
  ///
  /// int64 if all three are integers, else float32.
  /// - Precondition: `arange: the step does not lead from start to end. Got …`
  /// - Source: torch.arange
  public static func arange(
    _ start: some Scalar, _ end: some Scalar, step: some Scalar = 1, dtype: DType? = nil,
    requiresGrad: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (start, end, step) = (start.scalarValue, end.scalarValue, step.scalarValue)
    let isFloating = start.isFloating || end.isFloating || step.isFloating
    let span = end.double - start.double
    let ratio = span / step.double
    if step.double == 0 || ratio < 0 || !span.isFinite || !step.double.isFinite {
      Misuse(
        "arange", "the step does not lead from start to end",
        got: "start \(start), end \(end), step \(step)", try: "a step of the other sign"
      ).raise(file: file, line: line)
      return .poison
    }
    if ratio >= 0x1p62 {
      Misuse(
        "arange", "the elements are more than can be counted",
        got: "start \(start), end \(end), step \(step)", try: "a larger step"
      ).raise(file: file, line: line)
      return .poison
    }
    let count: Int
    if case .int(let a) = start, case .int(let b) = end, case .int(let s) = step {
      count = (b - a + (s > 0 ? s - 1 : s + 1)) / s
    } else {
      count = Int(ratio.rounded(.up))
    }
    let dtype = dtype ?? (isFloating ? .float32 : .int64)
    guard let tensor = make("arange", [count], dtype, .cpu, requiresGrad, file, line) else {
      return .poison
    }
    tensor.device.backend.fill(FillCall(pattern: .arange(start: start, step: step), output: tensor))
    return tensor
  }

  /// `steps` numbers at equal distances from `start` to `end`, both included exactly.
  ///
  /// - Source: torch.linspace
  public static func linspace(
    _ start: some Scalar, _ end: some Scalar, _ steps: Int, dtype: DType = .float32,
    device: Device = .cpu, requiresGrad: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard let tensor = make("linspace", [steps], dtype, device, requiresGrad, file, line) else {
      return .poison
    }
    tensor.device.backend.fill(
      FillCall(
        pattern: .linspace(start: start.scalarValue.double, end: end.scalarValue.double),
        output: tensor))
    return tensor
  }

  /// Ones on the diagonal of a `rows` x `columns` matrix.
  ///
  /// - Source: torch.eye
  public static func eye(
    _ rows: Int, _ columns: Int? = nil, dtype: DType = .float32, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let columns = columns ?? rows
    guard let tensor = make("eye", [rows, columns], dtype, .cpu, false, file, line) else {
      return .poison
    }
    tensor.device.backend.fill(FillCall(pattern: .value(.int(0)), output: tensor))
    let diagonal = tensor.asStrided([Swift.min(rows, columns)], [columns + 1], offset: 0)
    tensor.device.backend.fill(FillCall(pattern: .value(.int(1)), output: diagonal))
    if requiresGrad { tensor.requiresGrad_(file: file, line: line) }
    return tensor
  }
}
