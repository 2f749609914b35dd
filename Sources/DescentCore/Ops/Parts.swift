// Views of parts: diagonals and windows.

extension Tensor {
  /// The diagonal `offset` places above the main one of the matrices in two dims: a view.
  ///
  /// The two dims are dropped and the diagonal becomes the last one. An offset beyond the matrix gives
  /// an empty diagonal.
  /// - Gradient: on the diagonal of zeros.
  /// - Source: torch.diagonal
  public final func diagonal(
    offset: Int = 0, dim1: Int = 0, dim2: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let dims = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Int) in
      try Rules.twoDims("diagonal", dim1, dim2, of: self.shape)
    }
    guard let (a, b) = dims else { return .poison }
    let shape = self.shape
    return makeView(
      layout.diagonal(offset, a, b), "DiagonalBackward0",
      rule: { step, g in
        step.give(0, Tensor.zerosWithSlice(shape, g) { $0.diagonal(offset, a, b) })
      })
  }

  /// Windows of `size` along a dim, `step` apart, in a new last dimension: a view.
  ///
  /// [.., n, ..] gives [.., (n - size) / step + 1, .., size].
  /// - Gradient: windows that overlap add up.
  /// - Source: torch.Tensor.unfold
  public final func unfold(
    _ dim: Int, _ size: Int, _ step: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try Rules.dim("unfold", dim, of: self.shape)
      let length = self.ndim == 0 ? 1 : self.shape[d]
      if size < 0 || size > length || step < 1 {
        throw Misuse(
          "unfold", "the window does not fit in dimension \(dim) of size \(length)",
          got: "size \(size), step \(step)", try: "a size up to \(length) and a step of at least 1")
      }
      if self.ndim == Shape.maxDims { throw Rules.tooManyDims("unfold", self.ndim + 1) }
      return d
    }
    guard let d = checked else { return .poison }
    let base = Layout(contiguous: shape)
    return makeView(
      layout.unfolded(d, size, step), "UnfoldBackward0",
      rule: { back, g in
        back.give(0, Tensor.scatteredBack(g, base.unfolded(d, size, step), base))
      })
  }
}

extension Layout {
  func diagonal(_ offset: Int, _ a: Int, _ b: Int) -> Layout {
    let length = offset >= 0 ? min(shape[a], shape[b] - offset) : min(shape[a] + offset, shape[b])
    var result = removing(max(a, b)).removing(min(a, b))
    if length > 0 { result.offset += offset >= 0 ? offset * strides[b] : -offset * strides[a] }
    result.shape.append(max(length, 0))
    result.strides.append(strides[a] + strides[b])
    return result
  }

  func unfolded(_ dim: Int, _ size: Int, _ step: Int) -> Layout {
    if dims == 0 { return Layout(shape: [size], strides: [1], offset: offset) }
    var result = self
    result.shape[dim] = (shape[dim] - size) / step + 1
    result.strides[dim] = strides[dim] * step
    result.shape.append(size)
    result.strides.append(strides[dim])
    return result
  }
}

extension Rules {
  /// Two different dims counted from 0.
  static func twoDims(
    _ operation: String, _ a: Int, _ b: Int, of shape: Shape
  ) throws(Misuse) -> (Int, Int) {
    if shape.count < 2 {
      throw Misuse(operation, "two dimensions are needed", got: shape.brackets, try: "unsqueeze")
    }
    let x = try dim(operation, a, of: shape)
    let y = try dim(operation, b, of: shape)
    if x == y {
      throw Misuse(
        operation, "the two dimensions are the same", got: "\(a) and \(b)", try: "two dims")
    }
    return (x, y)
  }
}
