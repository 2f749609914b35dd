// The one call behind every matrix product, and its gradient.

extension Tensor {
  /// alpha a b in the last two dims (of the operands or their transposes), plus a bias that broadcasts
  /// to the matrix; leading dims broadcast. One backend call; recorded. Operands are already checked.
  static func product(
    _ a: Tensor, _ b: Tensor, transposesA: Bool = false, transposesB: Bool = false,
    bias: Tensor? = nil, alpha: Double = 1, name: String,
    file: StaticString = "", line: UInt = 0
  ) -> Tensor {
    var shape = a.layout.shape
    let n = b.layout.shape[transposesB ? -2 : -1]
    if shape.count == 2 && b.layout.dims == 2 {
      shape[0] = a.layout.shape[transposesA ? 1 : 0]
      shape[1] = n
    } else {
      shape = batchShape(a.layout.shape, b.layout.shape)
      shape.append(a.layout.shape[transposesA ? -1 : -2])
      shape.append(n)
    }
    let output = Tensor(empty: shape, dtype: a.dtype, device: a.device)
    a.device.backend.gemm(
      GemmCall(
        a: a, b: b, output: output, transposesA: transposesA, transposesB: transposesB, bias: bias,
        alpha: alpha))
    if ThreadLocal.gradEnabled && (a.requiresGrad || b.requiresGrad || bias?.requiresGrad ?? false)
    {
      output.recordedFn = ProductNode.make(
        name, output: output, a, transposesA, b, transposesB, summand: bias, alpha: alpha, beta: 1,
        file, line)
    }
    return output
  }

  /// The broadcast leading dims of two stacks of matrices whose rule has been checked.
  private static func batchShape(_ a: Shape, _ b: Shape) -> Shape {
    var longer = a.count >= b.count ? a : b
    var shorter = a.count >= b.count ? b : a
    for _ in 0..<2 {
      longer.remove(at: longer.count - 1)
      shorter.remove(at: shorter.count - 1)
    }
    let shift = longer.count - shorter.count
    for i in 0..<shorter.count where longer[i + shift] == 1 { longer[i + shift] = shorter[i] }
    return longer
  }
}

/// The recorded form of a matrix product: inputs (summand,) a, b.
///
/// With A and B the operands as they were multiplied, dA = alpha g Bᵀ and dB = alpha Aᵀ g; where an
/// operand was given transposed the factors change sides. Only what a needed gradient asks for is saved.
final class ProductNode: Node {
  private let transposesA: Bool
  private let transposesB: Bool
  private let alpha: Double
  private let beta: Double

  // A function: what an initializer takes is counted before it is kept.
  static func make(
    _ name: String, output: Tensor, _ a: Tensor, _ transposesA: Bool, _ b: Tensor,
    _ transposesB: Bool, summand: Tensor?, alpha: Double, beta: Double, _ file: StaticString,
    _ line: UInt
  ) -> ProductNode {
    var saved = SavedList()
    if b.requiresGrad { saved.append(a) }
    if a.requiresGrad { saved.append(b) }
    let edges = if let summand { EdgeList(summand, a, b) } else { EdgeList(a, b) }
    return ProductNode(
      name, output: output, edges: edges, saved: saved, transposesA, transposesB, alpha: alpha,
      beta: beta, file, line)
  }

  @inline(__always)
  private init(
    _ name: String, output: Tensor, edges: consuming EdgeList, saved: consuming SavedList,
    _ transposesA: Bool, _ transposesB: Bool, alpha: Double, beta: Double, _ file: StaticString,
    _ line: UInt
  ) {
    self.transposesA = transposesA
    self.transposesB = transposesB
    self.alpha = alpha
    self.beta = beta
    super.init(name, output: output, edges: edges, saved: saved, file: file, line: line)
  }

  override func backward(_ step: BackwardStep, _ g: Tensor) {
    let first = edges.count - 2
    if first == 1 && step.needs(0) { step.give(0, beta == 1 ? g : g * beta) }
    let needsB = step.needs(first + 1)
    if step.needs(first) {
      let b = step.saved(needsB ? 1 : 0)
      step.give(
        first,
        transposesA
          ? multiply(b, transposesB, g, true) : multiply(g, false, b, !transposesB))
    }
    if needsB {
      let a = step.saved(0)
      step.give(
        first + 1,
        transposesB
          ? multiply(g, true, a, transposesA) : multiply(a, !transposesA, g, false))
    }
  }

  private func multiply(
    _ a: Tensor, _ transposesA: Bool, _ b: Tensor, _ transposesB: Bool
  ) -> Tensor {
    Tensor.product(
      a, b, transposesA: transposesA, transposesB: transposesB, alpha: alpha,
      name: a.ndim == 2 && b.ndim == 2 ? "MmBackward0" : "BmmBackward0")
  }
}

extension Rules {
  /// Operands of a product: one dtype, which multiplies.
  static func factors(_ operation: String, _ a: Tensor, _ b: Tensor) throws(Misuse) {
    if a.dtype != b.dtype {
      throw Misuse(
        operation, "the operands have different dtypes", got: "\(a.dtype.name) and \(b.dtype.name)",
        try: "to(.\(DType.promote(a.dtype, b.dtype).name)) on one of them")
    }
    if a.dtype == .bool {
      throw Misuse(
        operation, "bool tensors have no product", got: "bool and bool", try: "to(.float32) first")
    }
  }

  /// Operands with a given number of dims.
  static func dims(
    _ operation: String, _ tensor: Tensor, _ count: Int, _ what: String
  ) throws(Misuse) {
    if tensor.ndim != count {
      throw Misuse(
        operation,
        "\(what) must have \(count) dimension\(count == 1 ? "" : "s"), not \(tensor.ndim)",
        got: tensor.shape.brackets,
        try: count == 3 ? "matmul, which broadcasts" : "matmul, or reshape")
    }
  }

  /// The inner sizes of a product agree.
  static func innerSizes(
    _ operation: String, _ a: Shape, _ b: Shape, _ left: Int, _ right: Int
  ) throws(Misuse) {
    if left != right {
      let fits = a.count >= 1 && b.count >= 2 && b[-1] == left
      throw Misuse(
        operation, "inner sizes \(left) and \(right) differ",
        got: "\(a.brackets) and \(b.brackets)",
        try: fits || b.count >= 2
          ? "the transpose of the second operand" : "operands whose inner sizes are equal")
    }
  }

  /// A factor of an integer operation is an integer.
  static func factor(
    _ operation: String, _ label: String, _ value: ScalarValue, _ dtype: DType
  ) throws(Misuse) {
    if value.isFloating && !dtype.isFloatingPoint {
      throw Misuse(
        operation, "\(label) must not be a floating-point number for integer tensors",
        got: "\(label) \(value) with \(dtype.name)", try: "an integer, or to(.float32) first")
    }
  }
}
