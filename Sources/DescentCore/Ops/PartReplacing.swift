// Copies with a part replaced: a diagonal, a position, a slice.

extension Tensor {
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
