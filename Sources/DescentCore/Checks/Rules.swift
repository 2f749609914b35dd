/// Shape and dtype rules: pure functions that throw `Misuse`.
///
/// Operations ask them before they allocate or compute; services can ask them without computing.
public enum Rules {
  /// The common shape of two operands: sizes agree from the right, or one of them is 1 or missing.
  public static func broadcast(
    _ operation: String, _ a: Shape, _ b: Shape
  ) throws(Misuse) -> Shape {
    if a == b { return a }
    let n = max(a.count, b.count)
    var result = Shape(repeating: 1, count: n)
    for i in 1...max(n, 1) where i <= n {
      let x = i <= a.count ? a[a.count - i] : 1
      let y = i <= b.count ? b[b.count - i] : 1
      if x != y && x != 1 && y != 1 {
        throw Misuse(
          operation, "sizes \(x) and \(y) of dimension \(-i) do not broadcast",
          got: "\(a.brackets) and \(b.brackets)",
          try: "unsqueeze or expand, so that sizes are equal or 1 from the right")
      }
      result[n - i] = x == 1 ? y : x
    }
    return result
  }

  /// An in-place operation keeps the shape and the dtype of what it changes.
  static func inPlace(
    _ operation: String, _ target: Tensor, _ resultDType: DType, _ inputs: TensorList
  ) throws(Misuse) {
    var shape = target.layout.shape
    for i in 1..<max(inputs.count, 1) {
      shape = try broadcast(operation, shape, inputs[i].layout.shape)
    }
    if shape != target.layout.shape {
      throw Misuse(
        "\(operation)_", "an in-place operation cannot change the shape to \(shape.brackets)",
        got:
          "\(target.layout.shape.brackets) to be changed by an operand that needs \(shape.brackets)",
        try: "the operation without the underscore")
    }
    if !resultDType.canCast(to: target.dtype) {
      throw Misuse(
        "\(operation)_",
        "the result type \(resultDType.name) can't be cast to the desired output type \(target.dtype.name)",
        got: "a \(target.dtype.name) tensor to hold \(resultDType.name)",
        try: "to(.\(resultDType.name)) first, or the operation without the underscore")
    }
    try writable(operation, target)
  }

  /// What may not be changed in place: leaves that require gradients (outside `noGrad`), and expanded
  /// tensors whose elements share memory.
  static func writable(_ operation: String, _ target: Tensor) throws(Misuse) {
    if target.layout.mayOverlapItself {
      throw Misuse(
        "\(operation)_", "several elements of the tensor share one place in memory",
        got: "shape \(target.shape.brackets) with strides \(target.layout.strides.brackets)",
        try: "clone() before changing it")
    }
    if ThreadLocal.gradEnabled {
      if target.isLeaf && target.requiresGrad {
        throw Misuse(
          "\(operation)_", "a leaf that requires gradients is changed in place", got: "a leaf",
          try: "noGrad { … } for an update, or an operation that makes a new tensor")
      }
      if target.flags.isOneOfSeveral && target.requiresGrad {
        throw Misuse(
          "\(operation)_", "a view made together with others is changed in place",
          got: "one of the results of \(target.gradFn?.name ?? "split")",
          try: "narrow or select for the one part, or the operation without the underscore")
      }
      if let base = target.viewBase, base.isLeaf && base.requiresGrad {
        throw Misuse(
          "\(operation)_", "a view of a leaf that requires gradients is changed in place",
          got: "a view of a leaf", try: "noGrad { … } for an update, or clone() before the view")
      }
    }
  }

  /// The sizes of `view` and `reshape` with at most one -1 resolved.
  public static func reshape(
    _ operation: String, _ shape: Shape, to sizes: Shape
  ) throws(Misuse) -> Shape {
    let total = shape.elementCount
    var known = 1
    var inferred: Int?
    for i in 0..<sizes.count {
      let size = sizes[i]
      if size == -1 {
        if inferred != nil {
          throw Misuse(
            operation, "only one size can be inferred", got: "\(sizes.brackets)", try: "a single -1"
          )
        }
        inferred = i
      } else if size < 0 {
        throw Misuse(
          operation, "size \(size) is negative", got: "\(sizes.brackets)", try: "-1 to infer a size"
        )
      } else {
        known *= size
      }
    }
    var result = sizes
    if let inferred {
      guard known != 0, total % known == 0 else {
        throw Misuse(
          operation, "\(total) elements do not fill \(sizes.brackets)",
          got: "shape \(shape.brackets)",
          try: known == 0
            ? "a size instead of -1 beside a size of 0" : "sizes whose product divides \(total)")
      }
      result[inferred] = total / known
    } else if known != total {
      throw Misuse(
        operation, "\(total) elements do not fill \(sizes.brackets)",
        got: "shape \(shape.brackets)",
        try: "sizes whose product is \(total), or -1 for one of them")
    }
    return result
  }

  /// A new tensor: sizes that memory can have, on a device that is there.
  static func creation(
    _ operation: String, _ shape: Shape, _ dtype: DType, _ device: Device
  ) throws(Misuse) {
    try available(operation, device)
    var bytes = dtype.itemSize
    for size in shape {
      if size < 0 {
        throw Misuse(
          operation, "size \(size) is negative", got: shape.brackets, try: "sizes of 0 or more")
      }
      let (product, isTooLarge) = bytes.multipliedReportingOverflow(by: max(size, 1))
      if isTooLarge {
        throw Misuse(
          operation, "the elements are more than can be counted", got: shape.brackets,
          try: "smaller sizes")
      }
      bytes = product
    }
  }

  static func available(_ operation: String, _ device: Device) throws(Misuse) {
    if !device.isAvailable {
      throw Misuse(
        operation, "device \(device) is not available: this build has a CPU back end only",
        got: "\(device)", try: "Device(\"cpu\")")
    }
  }

  static func tooManyDims(_ operation: String, _ count: Int) -> Misuse {
    Misuse(
      operation, "a tensor has at most \(Shape.maxDims) dimensions", got: "\(count) dimensions",
      try: "merging dimensions with flatten or reshape")
  }

  /// A dimension counted from 0; 0-d tensors have dims -1 and 0.
  public static func dim(_ operation: String, _ dim: Int, of shape: Shape) throws(Misuse) -> Int {
    let n = max(shape.count, 1)
    let d = dim < 0 ? dim + n : dim
    if d < 0 || d >= n {
      throw Misuse(
        operation, "dimension \(dim) is out of range for \(shape.count) dimensions",
        got: "dim \(dim) and shape \(shape.brackets)", try: "a dim from \(-n) to \(n - 1)")
    }
    return d
  }

  /// Several distinct dims as a mask; an empty list means all.
  public static func dims(
    _ operation: String, _ dims: [Int], of shape: Shape
  ) throws(Misuse) -> UInt32 {
    if dims.isEmpty { return (1 << UInt32(shape.count)) - 1 }
    var mask: UInt32 = 0
    for dim in dims {
      let bit: UInt32 = 1 << UInt32(try Rules.dim(operation, dim, of: shape))
      if mask & bit != 0 {
        throw Misuse(
          operation, "dimension \(dim) appears twice", got: "dims \(dims)", try: "each dim once")
      }
      mask |= bit
    }
    return mask
  }

  /// A number that a tensor is to hold: integers refuse what is outside their range. Fractions are
  /// truncated, and unsigned integers take the negative of what they hold, as in PyTorch.
  static func representable(
    _ operation: String, _ value: ScalarValue, _ dtype: DType
  ) throws(Misuse) {
    if !dtype.isInteger { return }
    let bits = dtype.itemSize * 8 - (dtype.isSigned ? 1 : 0)
    let whole = value.int
    if dtype == .int64 ? whole != nil : whole.map({ fits($0, bits, dtype.isSigned) }) ?? false {
      return
    }
    throw Misuse(
      operation, "the value cannot be converted to \(dtype.name) without overflow", got: "\(value)",
      try: "a tensor of a wider dtype")
  }

  private static func fits(_ value: Int, _ bits: Int, _ isSigned: Bool) -> Bool {
    let limit = 1 << bits
    return value < limit && (isSigned ? value >= -limit : value > -limit)
  }

  /// An operand that partly shares the memory that an operation writes: what is read would depend on
  /// the order of writing. As in PyTorch only blocks without gaps are looked at; the operand that is the
  /// target itself is refused only by operations that write it in another order (`whole`).
  static func noOverlap(
    _ operation: String, _ target: Tensor, _ operand: Tensor, whole: Bool = false
  ) throws(Misuse) {
    guard target.storage === operand.storage else { return }
    if target === operand {
      if !whole { return }
    } else {
      let (a, b) = (target.layout, operand.layout)
      if a.elementCount == 0 || b.elementCount == 0 || !a.isDense || !b.isDense { return }
      let (places, others) = (a.extent, b.extent)
      let isSame = places == others && a.strides == b.strides && a.shape == b.shape
      if !places.overlaps(others) || isSame && !whole { return }
    }
    throw Misuse(
      operation, "an operand shares a part of the memory that is written",
      got: "\(operand.shape.brackets) in the storage of \(target.shape.brackets)",
      try: "clone() of the operand")
  }

  /// What linear algebra and gradients ask for.
  public static func floating(_ operation: String, _ dtype: DType) throws(Misuse) {
    if !dtype.isFloatingPoint {
      throw Misuse(
        operation, "a floating-point tensor is needed", got: dtype.name, try: "to(.float32) first")
    }
  }
}
