extension Tensor {
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
      Shape(sizes, file: file, line: line), dtype: dtype, device: device,
      requiresGrad: requiresGrad, file: file, line: line)
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
      Shape(sizes, file: file, line: line), dtype: dtype, device: device,
      requiresGrad: requiresGrad, file: file, line: line)
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
    let shape = Shape(sizes, file: file, line: line)
    return make("empty", shape, dtype, device, requiresGrad, file, line) ?? .poison
  }

  public static func empty(
    _ shape: Shape, dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    make("empty", shape, dtype, device, requiresGrad, file, line) ?? .poison
  }

  // MARK: like another tensor: its shape, its dims in the same order in memory

  /// Zeros of another tensor's shape and dtype.
  ///
  /// - Source: torch.zeros_like
  public static func zerosLike(
    _ other: Tensor, dtype: DType? = nil, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    fullLike(other, 0, dtype: dtype, requiresGrad: requiresGrad, file: file, line: line)
  }

  /// Ones of another tensor's shape and dtype.
  ///
  /// - Source: torch.ones_like
  public static func onesLike(
    _ other: Tensor, dtype: DType? = nil, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    fullLike(other, 1, dtype: dtype, requiresGrad: requiresGrad, file: file, line: line)
  }

  /// One number at every place of another tensor's shape, in its dtype.
  ///
  /// - Source: torch.full_like
  public static func fullLike(
    _ other: Tensor, _ value: some Scalar, dtype: DType? = nil, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (value, dtype) = (value.scalarValue, dtype ?? other.dtype)
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.representable("fullLike", value, dtype)
    }
    if checked == nil { return .poison }
    let tensor = Tensor(empty: other.layout.preserved, dtype: dtype, device: other.device)
    tensor.device.backend.fill(FillCall(pattern: .value(value), output: tensor))
    if requiresGrad { tensor.requiresGrad_(file: file, line: line) }
    return tensor
  }

  /// Memory as it comes, of another tensor's shape and dtype; write it before you read it.
  ///
  /// - Source: torch.empty_like
  public static func emptyLike(
    _ other: Tensor, dtype: DType? = nil, requiresGrad: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let tensor = Tensor(
      empty: other.layout.preserved, dtype: dtype ?? other.dtype, device: other.device)
    if requiresGrad { tensor.requiresGrad_(file: file, line: line) }
    return tensor
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
    let count = attempt(file: file, line: line) { () throws(Misuse) in
      try stepCount(start, end, step)
    }
    guard let count else { return .poison }
    let dtype = dtype ?? (isFloating ? .float32 : .int64)
    guard let tensor = make("arange", [count], dtype, .cpu, requiresGrad, file, line) else {
      return .poison
    }
    tensor.device.backend.fill(FillCall(pattern: .arange(start: start, step: step), output: tensor))
    return tensor
  }

  /// ceil((end - start) / step), of integers exactly, however far apart they are.
  private static func stepCount(
    _ start: ScalarValue, _ end: ScalarValue, _ step: ScalarValue
  ) throws(Misuse) -> Int {
    var given: String { "start \(start), end \(end), step \(step)" }
    let leads: Bool
    let count: Int?
    if case .int(let a) = start, case .int(let b) = end, case .int(let s) = step {
      leads = s != 0 && (s > 0 ? a <= b : a >= b)
      let span = UInt(bitPattern: s > 0 ? b &- a : a &- b)
      let (whole, rest) = leads ? span.quotientAndRemainder(dividingBy: s.magnitude) : (0, 0)
      count = Int(exactly: rest == 0 ? whole : whole + 1)
    } else {
      let span = end.double - start.double
      let ratio = span / step.double
      leads = step.double != 0 && ratio >= 0 && span.isFinite && step.double.isFinite
      count = ratio < 0x1p63 ? Int(exactly: ratio.rounded(.up)) : nil
    }
    if !leads {
      throw Misuse(
        "arange", "the step does not lead from start to end", got: given,
        try: "a step of the other sign")
    }
    guard let count, count < 1 << 62 else {
      throw Misuse(
        "arange", "the elements are more than can be counted", got: given, try: "a larger step")
    }
    return count
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
