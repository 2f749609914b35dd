// Triangles and diagonals of matrices.

extension Pointwise {
  static let trilOp = Pointwise(
    "tril", result: .promoted, inputs: 2, masks: [1], scalars: 0
  ) { x, _ in select(x[1], x[0], 0) }
  static let triuOp = Pointwise(
    "triu", result: .promoted, inputs: 2, masks: [1], scalars: 0
  ) { x, _ in select(x[1], x[0], 0) }
}

extension Tensor {
  /// The lower triangle of each matrix, up to `diagonal` places above the main one; zeros elsewhere.
  ///
  /// - Gradient: g in the triangle.
  /// - Source: torch.tril
  public final func tril(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = triangle("tril", lower: true, diagonal, file, line) else { return .poison }
    return Pointwise.trilOp(self, mask, file: file, line: line)
  }

  /// The upper triangle of each matrix, from `diagonal` places above the main one; zeros elsewhere.
  ///
  /// - Gradient: g in the triangle.
  /// - Source: torch.triu
  public final func triu(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = triangle("triu", lower: false, diagonal, file, line) else { return .poison }
    return Pointwise.triuOp(self, mask, file: file, line: line)
  }

  /// Sets everything above the triangle to 0.
  ///
  /// - Source: torch.Tensor.tril_
  @discardableResult
  public final func tril_(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = triangle("tril_", lower: true, diagonal, file, line) else { return self }
    return Pointwise.trilOp.applyInPlace(TensorList(self, mask), file: file, line: line)
  }

  /// Sets everything below the triangle to 0.
  ///
  /// - Source: torch.Tensor.triu_
  @discardableResult
  public final func triu_(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = triangle("triu_", lower: false, diagonal, file, line) else { return self }
    return Pointwise.triuOp.applyInPlace(TensorList(self, mask), file: file, line: line)
  }

  /// Whether a place belongs to the triangle: it depends on column - row only, so that a vector of
  /// m + n bools seen with stride -1 by rows and 1 by columns is the whole mask.
  private func triangle(
    _ operation: String, lower: Bool, _ diagonal: Int, _ file: StaticString, _ line: UInt
  ) -> Tensor? {
    if ndim < 2 {
      Misuse(operation, "a matrix is needed", got: shape.brackets, try: "unsqueeze(0)").raise(
        file: file, line: line)
      return nil
    }
    let (m, n) = (shape[-2], shape[-1])
    let band = Tensor.zeros([m + n], dtype: .bool)
    // Place t of the band is column - row = t - (m - 1).
    let edge = Swift.min(Swift.max(diagonal &+ m - 1 + (lower ? 1 : 0), 0), m + n)
    let inside =
      lower
      ? band.layout.narrowed(0, start: 0, length: edge)
      : band.layout.narrowed(0, start: edge, length: m + n - edge)
    if inside.elementCount > 0 {
      device.backend.fill(
        FillCall(
          pattern: .value(.bool(true)),
          output: Tensor(storage: band.storage, layout: inside, dtype: .bool)))
    }
    return Tensor(
      storage: band.storage,
      layout: Layout(shape: [m, n], strides: [-1, 1], offset: Swift.max(m - 1, 0)), dtype: .bool)
  }

  /// Rows and columns of the lower triangle of a matrix, [2, count], row by row.
  ///
  /// - Source: torch.tril_indices
  public static func trilIndices(
    _ rows: Int, _ columns: Int, offset: Int = 0, dtype: DType = .int64,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    triangleIndices("trilIndices", rows, columns, offset, lower: true, dtype, file, line)
  }

  /// Rows and columns of the upper triangle of a matrix, [2, count], row by row.
  ///
  /// - Source: torch.triu_indices
  public static func triuIndices(
    _ rows: Int, _ columns: Int, offset: Int = 0, dtype: DType = .int64,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    triangleIndices("triuIndices", rows, columns, offset, lower: false, dtype, file, line)
  }

  private static func triangleIndices(
    _ operation: String, _ rows: Int, _ columns: Int, _ offset: Int, lower: Bool, _ dtype: DType,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    if rows < 0 || columns < 0 || (dtype != .int64 && dtype != .int32) {
      Misuse(
        operation, "sizes from 0 up and a dtype int64 or int32 are needed",
        got: "\(rows), \(columns), \(dtype.name)", try: "dtype: .int64"
      ).raise(file: file, line: line)
      return .poison
    }
    let ones = Tensor.ones([rows, columns], dtype: .bool)
    let mask = lower ? ones.tril(diagonal: offset) : ones.triu(diagonal: offset)
    return mask.nonzero().t().contiguous().to(dtype)
  }

  // MARK: diagonals

  /// A vector as the diagonal of a square matrix of zeros, or the diagonal of a matrix as a vector.
  ///
  /// - Gradient: the other one.
  /// - Source: torch.diag
  public final func diag(
    _ diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if ndim != 1 && ndim != 2 {
      Misuse(
        "diag", "a vector or a matrix is needed", got: shape.brackets, try: "diagonal or diagEmbed"
      )
      .raise(file: file, line: line)
      return .poison
    }
    if ndim == 1 { return diagEmbed(offset: diagonal, file: file, line: line) }
    let output = noGrad { self.diagonal(offset: diagonal).clone() }
    if recording(self) {
      let shape = self.shape
      output.record("DiagonalBackward0_copy", TensorList(self), file: file, line: line) { step, g in
        step.give(0, Tensor.zerosWithSlice(shape, g) { $0.diagonal(diagonal, 0, 1) })
      }
    }
    return output
  }

  /// The last dimension as a diagonal in two dims of a tensor of zeros.
  ///
  /// - Gradient: the diagonal.
  /// - Source: torch.diag_embed
  public final func diagEmbed(
    offset: Int = 0, dim1: Int = -2, dim2: Int = -1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> (Shape, Int, Int) in
      if self.ndim == 0 {
        throw Misuse("diagEmbed", "a dimension is needed", got: "[]", try: "reshape(1)")
      }
      if self.ndim == Shape.maxDims { throw Rules.tooManyDims("diagEmbed", self.ndim + 1) }
      let n = Shape(repeating: 1, count: self.ndim + 1)
      let (a, b) = try Rules.twoDims("diagEmbed", dim1, dim2, of: n)
      var target = self.shape
      let size = target[-1] + Swift.abs(offset)
      target.remove(at: target.count - 1)
      target.insert(size, at: Swift.min(a, b))
      target.insert(size, at: Swift.max(a, b))
      return (target, a, b)
    }
    guard let (target, a, b) = checked else { return .poison }
    let output = noGrad { Tensor.zerosWithSlice(target, self) { $0.diagonal(offset, a, b) } }
    if recording(self) {
      output.record("DiagEmbedBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, g.diagonal(offset: offset, dim1: a, dim2: b))
      }
    }
    return output
  }

  /// All elements as the diagonal of a square matrix of zeros.
  ///
  /// - Source: torch.diagflat
  public final func diagflat(
    _ offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { ravel().diagEmbed(offset: offset, file: file, line: line) }

  /// The sum of a matrix's diagonal; int64 for integers.
  ///
  /// - Gradient: g on the diagonal.
  /// - Source: torch.trace
  public final func trace(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    if ndim != 2 {
      Misuse("trace", "a matrix is needed", got: shape.brackets, try: "diagonal().sum(dim: -1)")
        .raise(
          file: file, line: line)
      return .poison
    }
    if dtype == .bool {
      Misuse("trace", "bool has no trace", got: dtype.name, try: "to(.int64)").raise(
        file: file, line: line)
      return .poison
    }
    let output = noGrad { diagonal().sum(mask: 1, keepDim: false) }
    if recording(self) {
      let shape = self.shape
      output.record("TraceBackward0", TensorList(self), file: file, line: line) { step, g in
        let length = Layout(contiguous: shape).diagonal(0, 0, 1).shape
        step.give(0, Tensor.zerosWithSlice(shape, g.expanded(to: length)) { $0.diagonal(0, 0, 1) })
      }
    }
    return output
  }
}
