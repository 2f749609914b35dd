// Products that sum over chosen dims, and products of all pairs.

extension Tensor {
  /// The products of all pairs: [n] and [m] give [n, m]. Operands promote.
  ///
  /// - Gradient: g other for self, gᵀ self for other.
  /// - Source: torch.outer
  public final func outer(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims("outer", self, 1, "the first operand")
      try Rules.dims("outer", other, 1, "the second operand")
    }
    if checked == nil { return .poison }
    return reshape([shape[0], 1] as Shape).mul(other, file: file, line: line)
  }

  /// The products of all pairs: PyTorch's older name of `outer`.
  ///
  /// - Source: torch.ger
  public final func ger(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    outer(other, file: file, line: line)
  }

  /// Sums products over the last dimension of both: [..., k] and [***, k] give [..., ***].
  ///
  /// With a 0-d operand it is the plain product.
  /// - Precondition: the last sizes agree, and the dtypes.
  /// - Gradient: that of a matrix product.
  /// - Source: torch.inner
  public final func inner(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if ndim == 0 || other.ndim == 0 { return mul(other, file: file, line: line) }
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.innerSizes("inner", shape, other.shape, shape[-1], other.shape[-1])
      try Rules.factors("inner", self, other)
    }
    if checked == nil { return .poison }
    if ndim == 1 && other.ndim == 1 { return dot(other, file: file, line: line) }
    return contracted(other, [ndim - 1], [other.ndim - 1], file, line)
  }

  /// Sums products over the last `dims` dimensions of self and the first `dims` of the other.
  ///
  /// - Precondition: `tensordot: the sizes of the summed dimensions differ. Got … Try …`
  /// - Gradient: that of a matrix product.
  /// - Source: torch.tensordot
  public final func tensordot(
    _ other: Tensor, dims: Int = 2, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if dims < 0 || dims > ndim || dims > other.ndim {
      Misuse(
        "tensordot", "\(dims) dimensions cannot be summed over",
        got: "\(shape.brackets) and \(other.shape.brackets)",
        try: "dims from 0 to \(Swift.min(ndim, other.ndim))"
      ).raise(file: file, line: line)
      return .poison
    }
    return tensordot(
      other, dims: (Array(ndim - dims..<ndim), Array(0..<dims)), file: file, line: line)
  }

  /// Sums products over given dimensions of self paired with given dimensions of the other.
  ///
  /// The result has self's remaining dims, then the other's. A dimension of size 1 pairs with any.
  /// - Source: torch.tensordot
  public final func tensordot(
    _ other: Tensor, dims: ([Int], [Int]), file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let pairs = attempt(file: file, line: line) { () throws(Misuse) -> ([Int], [Int]) in
      try Rules.factors("tensordot", self, other)
      if dims.0.count != dims.1.count {
        throw Misuse(
          "tensordot", "both operands need as many dimensions to sum over",
          got: "\(dims.0) and \(dims.1)", try: "lists of one length")
      }
      var (left, right): ([Int], [Int]) = ([], [])
      for (a, b) in zip(dims.0, dims.1) {
        left.append(try Rules.dim("tensordot", a, of: shape))
        right.append(try Rules.dim("tensordot", b, of: other.shape))
        let (x, y) = (shape[left[left.count - 1]], other.shape[right[right.count - 1]])
        if x != y && x != 1 && y != 1 {
          throw Misuse(
            "tensordot", "the sizes of the summed dimensions differ",
            got:
              "\(x) in dim \(a) of \(shape.brackets) and \(y) in dim \(b) of \(other.shape.brackets)",
            try: "dims of equal size")
        }
      }
      if Set(left).count != left.count || Set(right).count != right.count {
        throw Misuse(
          "tensordot", "a dimension appears twice", got: "\(dims.0) and \(dims.1)",
          try: "each dim once")
      }
      return (left, right)
    }
    guard let (left, right) = pairs else { return .poison }
    // Where one size is 1, the other operand can be summed at once.
    let a = summedWhereOther(other, left, right)
    let b = other.summedWhereOther(self, right, left)
    return a.contracted(b, left, right, file, line)
  }

  private func summedWhereOther(_ other: Tensor, _ own: [Int], _ others: [Int]) -> Tensor {
    var mask: UInt32 = 0
    for (a, b) in zip(own, others) where other.shape[b] == 1 && shape[a] != 1 {
      mask |= 1 << UInt32(a)
    }
    return mask == 0 ? self : sum(mask: mask, keepDim: true, dtype: dtype)
  }

  /// Sums over paired dims as one matrix product; sizes are already checked.
  final func contracted(
    _ other: Tensor, _ left: [Int], _ right: [Int], _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let rows = (0..<ndim).filter { !left.contains($0) }
    let columns = (0..<other.ndim).filter { !right.contains($0) }
    let inner = left.reduce(1) { $0 * shape[$1] }
    let (m, n) = (rows.reduce(1) { $0 * shape[$1] }, columns.reduce(1) { $0 * other.shape[$1] })
    let a = permuted(rows + left).reshape([m, inner] as Shape)
    let b = other.permuted(right + columns).reshape([inner, n] as Shape)
    let target = Shape(rows.map { shape[$0] } + columns.map { other.shape[$0] })
    return Tensor.product(a, b, name: "MmBackward0", file: file, line: line)
      .viewed(as: target, "ViewBackward0")
  }

  /// The dims in another order, as a view; the order is a permutation.
  final func permuted(_ order: [Int]) -> Tensor {
    if order == Array(0..<ndim) { return self }
    return makeView(
      layout.permuted(order), "PermuteBackward0",
      rule: { step, g in
        var inverse = order
        for (i, d) in order.enumerated() { inverse[d] = i }
        step.give(0, g.permuted(inverse))
      })
  }

  /// The sum of products over one dimension, the others broadcast.
  ///
  /// - Gradient: g other for self, g self for other.
  /// - Source: torch.linalg.vecdot
  public final func vecdot(
    _ other: Tensor, dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let dim = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try Rules.factors("vecdot", self, other)
      try Rules.floating("vecdot", dtype)
      return try Rules.dim(
        "vecdot", dim, of: try Rules.broadcast("vecdot", shape, other.shape))
    }
    guard let dim else { return .poison }
    let product = mul(other, file: file, line: line)
    return product.ndim == 0 ? product : product.sum(mask: 1 << UInt32(dim), keepDim: false)
  }

  /// The Kronecker product: every element of self times the whole of the other, block by block.
  ///
  /// The operand of fewer dims gets leading dims of size 1; sizes multiply. At most 4 dims.
  /// - Gradient: that of the product of all pairs.
  /// - Source: torch.kron
  public final func kron(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let n = Swift.max(ndim, other.ndim)
    if 2 * n > Shape.maxDims {
      Misuse(
        "kron", "operands have at most \(Shape.maxDims / 2) dimensions",
        got: "\(shape.brackets) and \(other.shape.brackets)", try: "merging dimensions"
      ).raise(file: file, line: line)
      return .poison
    }
    let a = [Int](repeating: 1, count: n - ndim) + Array(shape)
    let b = [Int](repeating: 1, count: n - other.ndim) + Array(other.shape)
    let left = reshape(Shape(a.flatMap { [$0, 1] }))
    let right = other.reshape(Shape(b.flatMap { [1, $0] }))
    return left.mul(right, file: file, line: line)
      .viewed(as: Shape(zip(a, b).map { $0 * $1 }), "UnsafeViewBackward0")
  }
}
