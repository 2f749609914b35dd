// Putting tensors together.

extension Tensor {
  /// Joins tensors along an existing dimension; their other sizes agree.
  ///
  /// Empty 1-d tensors are skipped, dtypes promote.
  /// - Gradient: its parts.
  /// - Source: torch.cat
  public static func cat(
    _ tensors: [Tensor], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let plan = attempt(file: file, line: line) {
      () throws(Misuse) -> (Shape, Int, DType, [Tensor]) in
      guard let first = tensors.first else {
        throw Misuse(
          "cat", "there is nothing to join", got: "no tensors", try: "at least one tensor")
      }
      let kept = tensors.filter { !($0.ndim == 1 && $0.numel() == 0) }
      let parts = kept.isEmpty ? tensors : kept
      let lead = parts.first ?? first
      if let scalar = parts.first(where: { $0.ndim == 0 }) {
        throw Misuse(
          "cat", "0-d tensors cannot be joined", got: scalar.shape.brackets, try: "Tensor.stack")
      }
      let d = try Rules.dim("cat", dim, of: lead.shape)
      var shape = lead.shape
      shape[d] = 0
      for part in parts {
        var rest = part.shape
        if part.ndim == lead.ndim { rest[d] = lead.shape[d] }
        if rest != lead.shape {
          throw Misuse(
            "cat", "sizes differ outside dimension \(dim)",
            got: "\(lead.shape.brackets) and \(part.shape.brackets)",
            try: "equal sizes in the other dims")
        }
        shape[d] += part.shape[d]
      }
      let dtype = tensors.dropFirst().reduce(first.dtype) { DType.promote($0, $1.dtype) }
      return (shape, d, dtype, parts)
    }
    guard let (shape, d, dtype, parts) = plan else { return .poison }
    let output = Tensor(empty: shape, dtype: dtype)
    var start = 0
    for part in parts {
      let length = part.shape[d]
      let place = Tensor(
        storage: output.storage, layout: output.layout.narrowed(d, start: start, length: length),
        dtype: dtype)
      output.device.backend.copy(CopyCall(source: part, destination: place))
      start += length
    }
    if recording(tensors) && dtype.isFloatingPoint {
      // Skipped tensors keep their place among the inputs, with nothing of the gradient.
      let lengths = tensors.map { $0.ndim == 1 && $0.numel() == 0 ? nil : $0.shape[d] }
      output.record("CatBackward0", TensorList(tensors), file: file, line: line) { step, g in
        var start = 0
        for (i, length) in lengths.enumerated() {
          if step.needs(i) {
            step.give(i, length.map { g.narrow(d, start, $0) } ?? Tensor.zeros([0], dtype: g.dtype))
          }
          start += length ?? 0
        }
      }
    }
    return output
  }

  /// Joins tensors of one shape along a new dimension.
  ///
  /// - Gradient: its positions along that dimension.
  /// - Source: torch.stack
  public static func stack(
    _ tensors: [Tensor], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      guard let first = tensors.first else {
        throw Misuse(
          "stack", "there is nothing to join", got: "no tensors", try: "at least one tensor")
      }
      if let other = tensors.first(where: { $0.shape != first.shape }) {
        throw Misuse(
          "stack", "the shapes differ", got: "\(first.shape.brackets) and \(other.shape.brackets)",
          try: "tensors of one shape")
      }
      if first.ndim == Shape.maxDims { throw Rules.tooManyDims("stack", first.ndim + 1) }
      return try Rules.dim("stack", dim, of: Shape(Array(first.shape) + [1]))
    }
    guard let d = checked else { return .poison }
    let output = noGrad { cat(tensors.map { $0.unsqueeze(d) }, dim: d, file: file, line: line) }
    if recording(tensors) && output.dtype.isFloatingPoint {
      output.record("StackBackward0", TensorList(tensors), file: file, line: line) { step, g in
        for i in 0..<step.node.edges.count where step.needs(i) { step.give(i, g.select(d, i)) }
      }
    }
    return output
  }

  /// Joins columns: along dim 1, vectors along dim 0.
  ///
  /// - Source: torch.hstack
  public static func hstack(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let parts = tensors.map { $0.atLeast1d() }
    return cat(parts, dim: parts.first?.ndim == 1 ? 0 : 1, file: file, line: line)
  }

  /// Joins rows: along dim 0; vectors become rows first.
  ///
  /// - Source: torch.vstack
  public static func vstack(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { cat(tensors.map { $0.atLeast2d() }, dim: 0, file: file, line: line) }

  /// Joins in depth: along dim 2, after `atLeast3d`.
  ///
  /// - Source: torch.dstack
  public static func dstack(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { cat(tensors.map { $0.atLeast3d() }, dim: 2, file: file, line: line) }

  /// Joins columns; numbers and vectors become columns first.
  ///
  /// - Source: torch.column_stack
  public static func columnStack(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    hstack(tensors.map { $0.ndim <= 1 ? $0.reshape([$0.numel(), 1]) : $0 }, file: file, line: line)
  }

  /// A 0-d tensor with a dimension; others as they are.
  ///
  /// - Source: torch.atleast_1d
  public final func atLeast1d() -> Tensor { ndim == 0 ? reshape([1]) : self }

  /// With dimensions of size 1 in front, up to two.
  ///
  /// - Source: torch.atleast_2d
  public final func atLeast2d() -> Tensor {
    ndim == 0 ? reshape([1, 1]) : ndim == 1 ? unsqueeze(0) : self
  }

  /// [n] becomes [1, n, 1] and [m, n] becomes [m, n, 1].
  ///
  /// - Source: torch.atleast_3d
  public final func atLeast3d() -> Tensor {
    ndim == 0
      ? reshape([1, 1, 1]) : ndim == 1 ? unsqueeze(0).unsqueeze(2) : ndim == 2 ? unsqueeze(2) : self
  }

  /// A matrix with the given matrices along its diagonal and zeros elsewhere.
  ///
  /// Vectors are rows, numbers 1 x 1; dtypes promote.
  /// - Gradient: the blocks.
  /// - Source: torch.block_diag
  public static func blockDiag(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if let other = tensors.first(where: { $0.ndim > 2 }) {
      Misuse(
        "blockDiag", "a block has more than two dimensions", got: other.shape.brackets,
        try: "matrices"
      ).raise(file: file, line: line)
      return .poison
    }
    if tensors.isEmpty { return zeros([1, 0]) }
    let blocks = noGrad { tensors.map { $0.atLeast2d() } }
    let (rows, columns) = (blocks.map { $0.shape[0] }, blocks.map { $0.shape[1] })
    let dtype = tensors.dropFirst().reduce(tensors[0].dtype) { DType.promote($0, $1.dtype) }
    let output = zeros([rows.reduce(0, +), columns.reduce(0, +)], dtype: dtype)
    var places: [Layout] = []
    var (row, column) = (0, 0)
    for i in blocks.indices {
      places.append(
        output.layout.narrowed(0, start: row, length: rows[i])
          .narrowed(1, start: column, length: columns[i]))
      row += rows[i]
      column += columns[i]
      noGrad { _ = output.makeView(places[i]).copy_(blocks[i]) }
    }
    if recording(tensors) && dtype.isFloatingPoint {
      let shapes = tensors.map(\.shape)
      output.record("BlockDiagBackward0", TensorList(tensors), file: file, line: line) { step, g in
        let dense = g.contiguous()
        for (i, place) in places.enumerated() where step.needs(i) {
          step.give(
            i,
            dense.asStrided(place.shape, place.strides, offset: dense.layout.offset + place.offset)
              .reshape(shapes[i]))
        }
      }
    }
    return output
  }
}
