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

  // MARK: copies with a part replaced

  /// A copy with `source` on a diagonal.
  ///
  /// - Gradient: g without the diagonal for self, the diagonal of g for the source.
  /// - Source: torch.diagonal_scatter
  public final func diagonalScatter(
    _ source: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let dims = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Int) in
      try Rules.twoDims("diagonalScatter", dim1, dim2, of: self.shape)
    }
    guard let (a, b) = dims else { return .poison }
    return replacing("diagonalScatter", "DiagonalScatterBackward0", source, file, line) {
      $0.diagonal(offset, a, b)
    }
  }

  /// A copy with `source` at position `index` of a dim.
  ///
  /// - Source: torch.select_scatter
  public final func selectScatter(
    _ source: Tensor, _ dim: Int, _ index: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Int) in
      let d = try Rules.dim("selectScatter", dim, of: self.shape)
      let size = self.ndim == 0 ? 0 : self.shape[d]
      if index < -size || index >= size {
        throw Misuse(
          "selectScatter", "index \(index) is out of range for dimension \(dim) of size \(size)",
          got: "index \(index) and shape \(self.shape.brackets)", try: "an index within the size")
      }
      return (d, index < 0 ? index + size : index)
    }
    guard let (d, i) = checked else { return .poison }
    return replacing("selectScatter", "SelectScatterBackward0", source, file, line) {
      $0.selecting(d, i)
    }
  }

  /// A copy with `source` in the slice from `start` to `end` of a dim.
  ///
  /// - Source: torch.slice_scatter
  public final func sliceScatter(
    _ source: Tensor, dim: Int = 0, start: Int? = nil, end: Int? = nil, step: Int = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Int, Int) in
      let d = try Rules.dim("sliceScatter", dim, of: self.shape)
      let (first, length) = try Rules.slice(
        "sliceScatter", start, end, step, size: self.ndim == 0 ? 0 : self.shape[d])
      return (d, first, length)
    }
    guard let (d, first, length) = checked else { return .poison }
    return replacing("sliceScatter", "SliceScatterBackward0", source, file, line) {
      $0.narrowed(d, start: first, length: length, step: step)
    }
  }

  private func replacing(
    _ operation: String, _ node: String, _ source: Tensor, _ file: StaticString, _ line: UInt,
    _ place: @escaping (Layout) -> Layout
  ) -> Tensor {
    let expected = place(Layout(contiguous: shape)).shape
    if source.shape != expected {
      Misuse(
        operation, "the source has not the shape of the part",
        got: "\(source.shape.brackets) for \(expected.brackets)", try: "expand or reshape"
      ).raise(file: file, line: line)
      return .poison
    }
    return written(
      operation, node: node, inPlace: false, with: TensorList(source), file: file, line: line
    ) { step, g in
      let dense = g.contiguous()
      let slice = place(Layout(contiguous: dense.shape))
      if step.needs(0) {
        step.give(0, dense.replacingSlice(Tensor.zeros(slice.shape, dtype: g.dtype), slice))
      }
      if step.needs(1) {
        step.give(
          1, dense.asStrided(slice.shape, slice.strides, offset: dense.layout.offset + slice.offset)
        )
      }
    } write: { target throws(Misuse) in
      let part = Tensor(storage: target.storage, layout: place(target.layout), dtype: target.dtype)
      target.device.backend.copy(CopyCall(source: source, destination: part))
    }
  }
}

extension Rules {
  /// First position and length of a slice by Python's rules: negative bounds count from the end, what
  /// leaves the dimension is clipped.
  static func slice(
    _ operation: String, _ from: Int?, _ to: Int?, _ step: Int, size: Int
  ) throws(Misuse) -> (start: Int, length: Int) {
    if step < 1 {
      throw Misuse(
        operation, "a step must be positive", got: "step \(step)",
        try: "flip for the other direction")
    }
    func bound(_ value: Int?, _ fallback: Int) -> Int {
      guard let value else { return fallback }
      return min(max(value < 0 ? value + size : value, 0), size)
    }
    let start = bound(from, 0)
    return (start, (max(bound(to, size) - start, 0) + step - 1) / step)
  }
}
