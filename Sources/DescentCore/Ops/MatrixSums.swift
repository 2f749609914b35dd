// A scaled product added to a scaled tensor: beta self + alpha (a b).

extension Tensor {
  /// Adds the product of two matrices: beta self + alpha (a b).
  ///
  /// self broadcasts to [m, n]; with `beta: 0` it is not read, so NaN in it does not matter. For integer
  /// tensors both factors are integers.
  /// - Gradient: beta g for self, alpha g bᵀ for a, alpha aᵀ g for b.
  /// - Source: torch.addmm
  public final func addmm(
    _ a: Tensor, _ b: Tensor, beta: some Scalar = 1, alpha: some Scalar = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (beta, alpha) = (beta.scalarValue, alpha.scalarValue)
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims("addmm", a, 2, "the first matrix")
      try Rules.dims("addmm", b, 2, "the second matrix")
      try Rules.innerSizes("addmm", a.shape, b.shape, a.shape[1], b.shape[0])
      try Rules.factors("addmm", a, b)
      try Rules.summand("addmm", self, [a.shape[0], b.shape[1]], a.dtype, beta, alpha)
    }
    if checked == nil { return .poison }
    if beta == .int(1) {
      return Tensor.product(
        a, b, bias: self, alpha: alpha.double, name: "AddmmBackward0", file: file, line: line)
    }
    return addedProduct(a, b, beta, alpha, [a.shape[0], b.shape[1]], "AddmmBackward0", file, line)
  }

  /// Adds the products of two stacks of matrices: beta self + alpha bmm(a, b).
  ///
  /// - Gradient: beta g for self, alpha g bᵀ for a, alpha aᵀ g for b.
  /// - Source: torch.baddbmm
  public final func baddbmm(
    _ a: Tensor, _ b: Tensor, beta: some Scalar = 1, alpha: some Scalar = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (beta, alpha) = (beta.scalarValue, alpha.scalarValue)
    let target = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      try Rules.batches("baddbmm", a, b)
      let target: Shape = [a.shape[0], a.shape[1], b.shape[2]]
      try Rules.summand("baddbmm", self, target, a.dtype, beta, alpha)
      return target
    }
    guard let target else { return .poison }
    return addedProduct(a, b, beta, alpha, target, "BaddbmmBackward0", file, line)
  }

  /// beta self + alpha a b of any checked shapes; recorded.
  private func addedProduct(
    _ a: Tensor, _ b: Tensor, _ beta: ScalarValue, _ alpha: ScalarValue, _ target: Shape,
    _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let output = Tensor(empty: target, dtype: a.dtype, device: a.device)
    if beta.double != 0 { device.backend.copy(CopyCall(source: self, destination: output)) }
    device.backend.gemm(
      GemmCall(a: a, b: b, output: output, alpha: alpha.double, beta: beta.double))
    if recording(TensorList(self, a, b)) {
      output.recordedFn = ProductNode.make(
        name, output: output, a, false, b, false, summand: self, alpha: alpha.double,
        beta: beta.double, file, line)
    }
    return output
  }

  /// Adds the sum of the products of two stacks of matrices: beta self + alpha (a[0] b[0] + a[1] b[1] + …).
  ///
  /// - Gradient: beta g for self, alpha g b[i]ᵀ for a[i], alpha a[i]ᵀ g for b[i].
  /// - Source: torch.addbmm
  public final func addbmm(
    _ a: Tensor, _ b: Tensor, beta: some Scalar = 1, alpha: some Scalar = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (beta, alpha) = (beta.scalarValue, alpha.scalarValue)
    let target = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      try Rules.batches("addbmm", a, b)
      let target: Shape = [a.shape[1], b.shape[2]]
      try Rules.summand("addbmm", self, target, a.dtype, beta, alpha)
      return target
    }
    guard let target else { return .poison }
    // The sum over the stack is the inner size of one product: [m, b k] by [b k, n].
    let output = noGrad {
      let left = a.permuted([1, 0, 2]).reshape([target[0], a.shape[0] * a.shape[2]] as Shape)
      let right = b.reshape([b.shape[0] * b.shape[1], target[1]] as Shape)
      return addedProduct(left, right, beta, alpha, target, "AddbmmBackward0", file, line)
    }
    if recording(TensorList(self, a, b)) {
      output.recordedFn = ProductNode.make(
        "AddbmmBackward0", output: output, a, false, b, false, summand: self, alpha: alpha.double,
        beta: beta.double, file, line)
    }
    return output
  }

  /// Adds the product of a matrix and a vector: beta self + alpha (matrix vector).
  ///
  /// - Gradient: beta g for self, alpha times the outer product of g and vector for matrix, alpha
  ///   matrixᵀ g for vector.
  /// - Source: torch.addmv
  public final func addmv(
    _ matrix: Tensor, _ vector: Tensor, beta: some Scalar = 1, alpha: some Scalar = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (beta, alpha) = (beta.scalarValue, alpha.scalarValue)
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims("addmv", matrix, 2, "the matrix")
      try Rules.dims("addmv", vector, 1, "the vector")
      try Rules.innerSizes(
        "addmv", matrix.shape, vector.shape, matrix.shape[1], vector.shape[0])
      try Rules.factors("addmv", matrix, vector)
      try Rules.summand("addmv", self, [matrix.shape[0]], matrix.dtype, beta, alpha)
    }
    if checked == nil { return .poison }
    let rows = matrix.shape[0]
    let output = Tensor(empty: [rows], dtype: matrix.dtype, device: device)
    if beta.double != 0 { device.backend.copy(CopyCall(source: self, destination: output)) }
    output.layout = Layout(contiguous: [rows, 1])
    device.backend.gemm(
      GemmCall(
        a: matrix, b: vector.asMatrix(column: true), output: output, alpha: alpha.double,
        beta: beta.double))
    output.layout = Layout(contiguous: [rows])
    if recording(TensorList(self, matrix, vector)) {
      let (beta, alpha) = (beta.double, alpha.double)
      output.record(
        "AddmvBackward0", TensorList(self, matrix, vector), saving: TensorList(matrix, vector),
        file: file, line: line
      ) { step, g in
        let (matrix, vector) = (step.saved(0), step.saved(1))
        if step.needs(0) { step.give(0, beta == 1 ? g : g * beta) }
        let scaled = alpha == 1 ? g : g * alpha
        if step.needs(1) { step.give(1, scaled.reshape([g.shape[0], 1] as Shape) * vector) }
        if step.needs(2) { step.give(2, matrix.transpose(0, 1).mv(scaled)) }
      }
    }
    return output
  }

  static let addrOp = Pointwise(
    "addr", result: .promoted, inputs: 3, scalars: 2
  ) { x, s in s[0] * x[0] + s[1] * x[1] * x[2] }
  static let scaledOuterOp = Pointwise(
    "addr", result: .promoted, inputs: 2, scalars: 1
  ) { x, s in s[0] * x[0] * x[1] }

  /// Adds the outer product of two vectors: beta self + alpha a bᵀ.
  ///
  /// Operands promote; bools add and multiply as or and and.
  /// - Gradient: beta g for self, alpha g b for a, alpha gᵀ a for b.
  /// - Source: torch.addr
  public final func addr(
    _ a: Tensor, _ b: Tensor, beta: some Scalar = 1, alpha: some Scalar = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (beta, alpha) = (beta.scalarValue, alpha.scalarValue)
    let dtype = DType.promote(self.dtype, DType.promote(a.dtype, b.dtype))
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims("addr", a, 1, "the first vector")
      try Rules.dims("addr", b, 1, "the second vector")
      try Rules.summand("addr", self, [a.shape[0], b.shape[0]], self.dtype, .int(1), .int(1))
      try Rules.factor("addr", "beta", beta, dtype)
      try Rules.factor("addr", "alpha", alpha, dtype)
    }
    if checked == nil { return .poison }
    let column = a.reshape([a.shape[0], 1] as Shape)
    if dtype == .bool {
      // Factors are bools here, in which or and and have no scale.
      let product =
        alpha.double == 0 ? Tensor.zeros([a.shape[0], b.shape[0]], dtype: .bool) : column * b
      return beta.double == 0 ? product : self + product
    }
    if beta.double == 0 {
      return Self.scaledOuterOp.apply(
        TensorList(column, b), scalars: ScalarList(alpha), file: file, line: line
      ).to(dtype)
    }
    return Self.addrOp.apply(
      TensorList(self, column, b), scalars: ScalarList(beta, alpha), file: file, line: line)
  }
}

extension Rules {
  /// What a product is added to: broadcasts to the product's shape and has its dtype.
  static func summand(
    _ operation: String, _ summand: Tensor, _ target: Shape, _ dtype: DType, _ beta: ScalarValue,
    _ alpha: ScalarValue
  ) throws(Misuse) {
    let common =
      summand.ndim <= target.count ? try broadcast(operation, summand.shape, target) : nil
    if common != target {
      throw Misuse(
        operation, "the summand does not broadcast to the product's shape",
        got: "\(summand.shape.brackets) for \(target.brackets)",
        try: "a summand whose sizes are 1 or equal")
    }
    if summand.dtype != dtype {
      throw Misuse(
        operation, "the operands have different dtypes",
        got: "a \(summand.dtype.name) summand and \(dtype.name) factors",
        try: "to(.\(dtype.name)) on the summand")
    }
    try factor(operation, "beta", beta, dtype)
    try factor(operation, "alpha", alpha, dtype)
  }
}
