// Products of matrices, stacks of matrices and vectors.

extension Tensor {
  /// Multiplies two matrices: [m, k] by [k, n] gives [m, n].
  ///
  /// Both have one dtype, floating point or integer (which wraps); `matmul` takes vectors and stacks too.
  /// - Precondition: `mm: inner sizes 3 and 4 differ. Got [2, 3] and [4, 5]. Try the transpose of the
  ///   second operand.`
  /// - Gradient: g otherᵀ for self, selfᵀ g for other.
  /// - Source: torch.mm
  public final func mm(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims("mm", self, 2, "the first operand")
      try Rules.dims("mm", other, 2, "the second operand")
      try Rules.innerSizes("mm", shape, other.shape, shape[1], other.shape[0])
      try Rules.factors("mm", self, other)
    }
    if checked == nil { return .poison }
    return Tensor.product(self, other, name: "MmBackward0", file: file, line: line)
  }

  /// Multiplies two stacks of matrices: [b, m, k] by [b, k, n] gives [b, m, n], without broadcasting.
  ///
  /// - Gradient: g otherᵀ for self, selfᵀ g for other, matrix by matrix.
  /// - Source: torch.bmm
  public final func bmm(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.batches("bmm", self, other)
    }
    if checked == nil { return .poison }
    return Tensor.product(self, other, name: "BmmBackward0", file: file, line: line)
  }

  /// Multiplies as PyTorch's `@`: vectors, matrices and stacks of matrices.
  ///
  /// Two vectors give their dot product; a vector on the left is a row, on the right a column, whose
  /// dimension is gone from the result; leading dims of stacks broadcast. Both operands have at least one
  /// dimension and one dtype, floating point or integer.
  /// ```swift
  /// let y = Tensor.ones(4, 2, 3).matmul(Tensor.ones(3, 5))  // [4, 2, 5]
  /// ```
  /// - Precondition: `matmul: inner sizes 3 and 4 differ. Got [2, 3] and [4, 5]. Try the transpose of
  ///   the second operand.`
  /// - Gradient: g otherᵀ for self, selfᵀ g for other, summed over broadcast dims.
  /// - Source: torch.matmul
  public final func matmul(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if ndim == 0 || other.ndim == 0 {
        throw Misuse(
          "matmul", "both operands need at least one dimension",
          got: "\(shape.brackets) and \(other.shape.brackets)",
          try: "* for the product with a number")
      }
      try Rules.innerSizes(
        "matmul", shape, other.shape, shape[-1], other.shape[other.ndim == 1 ? 0 : -2])
      try Rules.factors("matmul", self, other)
      if ndim > 2 && other.ndim > 2 {
        _ = try Rules.broadcast("matmul", Shape(shape.dropLast(2)), Shape(other.shape.dropLast(2)))
      }
    }
    if checked == nil { return .poison }
    switch (ndim, other.ndim) {
    case (2, 2): return Tensor.product(self, other, name: "MmBackward0", file: file, line: line)
    case (1, 1): return dotProduct(other, "DotBackward0", file, line)
    case (2, 1): return timesVector(other, file, line)
    case (1, 2):
      let row = reshape([1, shape[0]] as Shape)
      let product = Tensor.product(row, other, name: "MmBackward0", file: file, line: line)
      return product.viewed(as: [other.shape[1]], "SqueezeBackward4")
    default: return stackedProduct(other, file, line)
    }
  }

  /// `matmul` where one operand has more than two dims.
  private func stackedProduct(_ other: Tensor, _ file: StaticString, _ line: UInt) -> Tensor {
    if ndim == 1 {
      let product = reshape([1, shape[0]] as Shape).stackedProduct(other, file, line)
      var target = product.shape
      target.remove(at: target.count - 2)
      return product.viewed(as: target, "UnsafeViewBackward0")
    }
    if other.ndim <= 2 {
      // One large product instead of many: the gradient of `other` needs no sum over the stack then.
      let rows: Shape = [shape.dropLast().reduce(1, *), shape[-1]]
      if other.requiresGrad || layout.viewed(as: rows) != nil {
        let flat = reshape(rows)
        var target = shape
        if other.ndim == 1 {
          target.remove(at: target.count - 1)
          return flat.timesVector(other, file, line).viewed(as: target, "UnsafeViewBackward0")
        }
        target[-1] = other.shape[1]
        return Tensor.product(flat, other, name: "MmBackward0", file: file, line: line)
          .viewed(as: target, "UnsafeViewBackward0")
      }
      if other.ndim == 1 {
        let product = stackedProduct(other.reshape([other.shape[0], 1] as Shape), file, line)
        return product.viewed(as: Shape(product.shape.dropLast()), "UnsafeViewBackward0")
      }
    }
    // PyTorch ends with a view of a bmm, and `gradFn` shows that name.
    return Tensor.product(self, other, name: "UnsafeViewBackward0", file: file, line: line)
  }

  /// A recorded view under a given name; the layout must allow it.
  final func viewed(as target: Shape, _ name: String) -> Tensor {
    guard let layout = layout.viewed(as: target) else { return reshape(target) }
    let before = shape
    return makeView(layout, name, rule: { step, g in step.give(0, g.reshape(before)) })
  }

  // MARK: vectors

  /// Multiplies a matrix by a vector: [m, k] by [k] gives [m].
  ///
  /// - Gradient: the outer product of g and vector for self, selfᵀ g for vector.
  /// - Source: torch.mv
  public final func mv(
    _ vector: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims("mv", self, 2, "the matrix")
      try Rules.dims("mv", vector, 1, "the vector")
      try Rules.innerSizes("mv", shape, vector.shape, shape[1], vector.shape[0])
      try Rules.factors("mv", self, vector)
    }
    if checked == nil { return .poison }
    return timesVector(vector, file, line)
  }

  private func timesVector(_ vector: Tensor, _ file: StaticString, _ line: UInt) -> Tensor {
    let output = Tensor(empty: [shape[0], 1], dtype: dtype, device: device)
    device.backend.gemm(GemmCall(a: self, b: vector.asMatrix(column: true), output: output))
    output.layout = Layout(contiguous: [shape[0]])
    if recording(self, vector) {
      output.record(
        "MvBackward0", TensorList(self, vector), saving: Tensor.factorsToSave(self, vector),
        file: file, line: line
      ) { step, g in
        if step.needs(0) {
          step.give(0, g.reshape([g.shape[0], 1] as Shape) * step.saved(step.needs(1) ? 1 : 0))
        }
        if step.needs(1) { step.give(1, step.saved(0).transpose(0, 1).mv(g)) }
      }
    }
    return output
  }

  /// Each factor is saved for the gradient of the other, if that is needed.
  private static func factorsToSave(_ a: Tensor, _ b: Tensor) -> TensorList {
    a.requiresGrad && b.requiresGrad ? TensorList(a, b) : TensorList(a.requiresGrad ? b : a)
  }

  /// A vector as a matrix of one column or one row; not recorded.
  final func asMatrix(column: Bool) -> Tensor {
    var matrix = layout
    matrix.shape.insert(1, at: column ? 1 : 0)
    matrix.strides.insert(1, at: column ? 1 : 0)
    return Tensor(storage: storage, layout: matrix, dtype: dtype)
  }

  /// The dot product of two vectors of one length: a 0-d tensor.
  ///
  /// - Gradient: g other for self, g self for other.
  /// - Source: torch.dot
  public final func dot(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    checkedDot("dot", other, file, line)
  }

  /// The dot product of two vectors; the same as `dot`, as there are no complex numbers.
  ///
  /// - Gradient: g other for self, g self for other.
  /// - Source: torch.vdot
  public final func vdot(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    checkedDot("vdot", other, file, line)
  }

  private func checkedDot(
    _ name: String, _ other: Tensor, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims(name, self, 1, "the first operand")
      try Rules.dims(name, other, 1, "the second operand")
      try Rules.innerSizes(name, shape, other.shape, shape[0], other.shape[0])
      try Rules.factors(name, self, other)
    }
    if checked == nil { return .poison }
    return dotProduct(other, name == "dot" ? "DotBackward0" : "VdotBackward0", file, line)
  }

  private func dotProduct(
    _ other: Tensor, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let output = Tensor(empty: [1, 1], dtype: dtype, device: device)
    device.backend.gemm(
      GemmCall(a: asMatrix(column: false), b: other.asMatrix(column: true), output: output))
    output.layout = Layout(contiguous: [])
    if recording(self, other) {
      output.record(
        name, TensorList(self, other), saving: Tensor.factorsToSave(self, other), file: file,
        line: line
      ) { step, g in
        if step.needs(0) { step.give(0, g * step.saved(step.needs(1) ? 1 : 0)) }
        if step.needs(1) { step.give(1, g * step.saved(0)) }
      }
    }
    return output
  }
}

extension Rules {
  /// Two stacks of equally many matrices that multiply.
  static func batches(_ operation: String, _ a: Tensor, _ b: Tensor) throws(Misuse) {
    try dims(operation, a, 3, "the first batch")
    try dims(operation, b, 3, "the second batch")
    if a.shape[0] != b.shape[0] {
      throw Misuse(
        operation, "the batches hold \(a.shape[0]) and \(b.shape[0]) matrices",
        got: "\(a.shape.brackets) and \(b.shape.brackets)", try: "matmul, which broadcasts")
    }
    try innerSizes(operation, a.shape, b.shape, a.shape[2], b.shape[1])
    try factors(operation, a, b)
  }
}
