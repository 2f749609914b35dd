/// Swift's number types with the dtype whose elements they are in memory.
public protocol HostElement: BitwiseCopyable, Sendable {
  static var dtype: DType { get }
}

extension Float: HostElement { public static var dtype: DType { .float32 } }
extension Double: HostElement { public static var dtype: DType { .float64 } }
extension Int: HostElement { public static var dtype: DType { .int64 } }
extension Int64: HostElement { public static var dtype: DType { .int64 } }
extension Int32: HostElement { public static var dtype: DType { .int32 } }
extension Int16: HostElement { public static var dtype: DType { .int16 } }
extension Int8: HostElement { public static var dtype: DType { .int8 } }
extension UInt8: HostElement { public static var dtype: DType { .uint8 } }
extension Bool: HostElement { public static var dtype: DType { .bool } }

extension Tensor {
  /// This tensor with another element type; itself if it has that type already.
  ///
  /// Floating point goes to integers by truncation, everything to bool as `!= 0`. The order of the dims in
  /// memory stays.
  /// - Gradient: converted back.
  /// - Source: torch.Tensor.to
  public final func to(_ dtype: DType) -> Tensor {
    if dtype == self.dtype { return self }
    let result = Tensor(empty: layout.preserved, dtype: dtype, device: device)
    device.backend.copy(CopyCall(source: self, destination: result))
    if dtype.isFloatingPoint && recording(self) {
      result.record("ToCopyBackward0", TensorList(self)) { step, g in step.give(0, g) }
    }
    return result
  }

  /// This tensor on a device; itself if it is there.
  ///
  /// - Precondition: the device is available; see `Device.requireAvailable()`.
  public final func to(
    device: Device, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let isThere: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.available("to", device)
    }
    if isThere == nil { return self }
    return dtype.map { to($0) } ?? self
  }

  /// This tensor on a device, as `x.to(device)` or `x.to(device, .float64)`.
  ///
  /// - Source: torch.Tensor.to
  public final func to(
    _ device: Device, _ dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { to(device: device, dtype: dtype, file: file, line: line) }

  public final func cpu() -> Tensor { to(device: .cpu) }
  /// - Source: torch.Tensor.float
  public final func float() -> Tensor { to(.float32) }
  public final func double() -> Tensor { to(.float64) }
  public final func half() -> Tensor { to(.float16) }
  public final func bfloat16() -> Tensor { to(.bfloat16) }
  public final func long() -> Tensor { to(.int64) }
  public final func int() -> Tensor { to(.int32) }
  public final func bool() -> Tensor { to(.bool) }

  /// Copies another tensor's elements into this one, broadcast and converted.
  ///
  /// - Source: torch.Tensor.copy_
  @discardableResult
  public final func copy_(
    _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if try Rules.broadcast("copy_", shape, source.shape) != shape {
        throw Misuse(
          "copy_", "the source does not broadcast to this tensor's shape",
          got: "\(source.shape.brackets) into \(shape.brackets)", try: "expand or reshape")
      }
      try Rules.writable("copy", self)
      try Rules.noOverlap("copy_", self, source)
    }
    if checked == nil { return self }
    let records = recording(self, source)
    let overlaps = source.storage === storage
    let values = overlaps ? noGrad { source.clone() } : source
    device.backend.copy(CopyCall(source: values, destination: self))
    didChange("copy_", file, line)
    if records {
      let node = RuleNode(
        "CopyBackwards", output: self, edges: EdgeList(self, source), file: file, line: line
      ) { step, g in
        if step.needs(0) { step.give(0, Tensor.zeros(g.shape, dtype: g.dtype)) }
        if step.needs(1) { step.give(1, g) }
      }
      rebase(onto: node)
    }
    return self
  }

  // MARK: to Swift

  /// The only element as a number of its kind (integers as Double too; `item(as:)` for others).
  ///
  /// - Precondition: `item: a tensor of several elements is not a number. Got [2, 3]. Try …`
  /// - Source: torch.Tensor.item
  public final func item(file: StaticString = #fileID, line: UInt = #line) -> Double {
    if layout.elementCount != 1 {
      Misuse(
        "item", "only a tensor of one element is a number", got: shape.brackets,
        try: "an index, a reduction or toArray()"
      ).raise(file: file, line: line)
      return .nan
    }
    return element(layout.offset)
  }

  /// The only element, converted.
  public final func item<T: HostElement>(
    as type: T.Type, file: StaticString = #fileID, line: UInt = #line
  ) -> T {
    let converted = noGrad { detach().to(T.dtype) }
    if converted.numel() != 1 {
      Misuse(
        "item", "only a tensor of one element is a number", got: shape.brackets,
        try: "an index, a reduction or toArray()"
      ).raise(file: file, line: line)
      return Tensor.zeros(1, dtype: T.dtype).address.load(as: T.self)
    }
    return converted.address.load(as: T.self)
  }

  /// The element at a position of the storage, as a Double.
  final func element(_ index: Int) -> Double {
    let place = storage.data + index * dtype.itemSize
    switch dtype {
    case .bool: return place.load(as: UInt8.self) != 0 ? 1 : 0
    case .uint8: return Double(place.load(as: UInt8.self))
    case .int8: return Double(place.load(as: Int8.self))
    case .int16: return Double(place.load(as: Int16.self))
    case .int32: return Double(place.load(as: Int32.self))
    case .int64: return Double(place.load(as: Int64.self))
    case .float32: return Double(place.load(as: Float.self))
    case .float64: return place.load(as: Double.self)
    case .float16: return Double(Float(halfBits: place.load(as: UInt16.self)))
    case .bfloat16: return Double(Float(bitPattern: UInt32(place.load(as: UInt16.self)) << 16))
    }
  }

  /// The elements in row-major order, converted to a Swift type.
  ///
  /// - Source: torch.Tensor.tolist, for flat lists
  public final func toArray<T: HostElement>(_ type: T.Type = T.self) -> [T] {
    let dense = noGrad { detach().to(T.dtype).contiguous() }
    let n = dense.numel()
    if n == 0 { return [] }  // all empty arrays are one object, whose count would be written
    return [T](unsafeUninitializedCapacity: n) { buffer, count in
      UnsafeMutableRawPointer(buffer.baseAddress!).copyMemory(
        from: dense.address, byteCount: n * dense.dtype.itemSize)
      count = n
    }
  }

  /// The elements as Floats, in row-major order.
  public final func toArray() -> [Float] { toArray(Float.self) }

  /// Calls `body` with the bytes of the elements in row-major order (little-endian).
  public final func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let dense = noGrad { detach().contiguous() }
    return try body(
      UnsafeRawBufferPointer(start: dense.address, count: dense.numel() * dtype.itemSize))
  }

  /// Makes a tensor whose bytes `body` writes, in row-major order.
  ///
  /// For readers of files: the memory is uninitialised, and all of it must be written.
  public static func withUninitializedBytes(
    _ shape: Shape, dtype: DType, _ body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows -> Tensor {
    let tensor = Tensor(empty: shape, dtype: dtype)
    try body(
      UnsafeMutableRawBufferPointer(
        start: tensor.storage.data, count: shape.elementCount * dtype.itemSize))
    return tensor
  }
}

extension Float {
  /// From the bits of an IEEE half: `Float16` is not available on every platform.
  init(halfBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits & 0x3ff)
    if exponent == 0 {
      let magnitude = Float(fraction) * 0x1p-24
      self = sign == 0 ? magnitude : -magnitude
    } else if exponent == 31 {
      self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    } else {
      self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
