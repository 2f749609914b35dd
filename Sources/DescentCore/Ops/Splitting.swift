// Division of a tensor into several: views.

extension Tensor {
  /// Divides a dim into parts of `size`; the last one may be smaller. Views.
  ///
  /// - Gradient: the parts' gradients joined.
  /// - Source: torch.split
  public final func split(
    _ size: Int, dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> (Int, [Int]) in
      let d = try self.divisible("split", dim)
      let length = self.shape[d]
      if size < 0 || (size == 0 && length != 0) {
        throw Misuse(
          "split", "the size of the parts must be positive", got: "\(size)",
          try: "a size of at least 1")
      }
      if length == 0 || size == 0 { return (d, [length]) }
      return (d, Swift.stride(from: 0, to: length, by: size).map { Swift.min(size, length - $0) })
    }
    guard let (d, sizes) = checked else { return [.poison] }
    return divided(d, sizes, "SplitBackward0", file, line)
  }

  /// Divides a dim into parts of the given sizes, whose sum is the dim's. Views.
  ///
  /// - Source: torch.split, torch.split_with_sizes
  public final func split(
    _ sizes: [Int], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try self.divisible("split", dim)
      if sizes.contains(where: { $0 < 0 }) || sizes.reduce(0, +) != self.shape[d] {
        throw Misuse(
          "split", "the sizes do not add up to \(self.shape[d]), the size of dimension \(dim)",
          got: "\(sizes) for \(self.shape.brackets)", try: "sizes whose sum is \(self.shape[d])")
      }
      return d
    }
    guard let d = checked else { return [.poison] }
    return divided(d, sizes, "SplitWithSizesBackward0", file, line)
  }

  /// Divides a dim into at most `chunks` parts of one size; the last may be smaller. Views.
  ///
  /// - Source: torch.chunk
  public final func chunk(
    _ chunks: Int, dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try self.divisible("chunk", dim)
      if chunks < 1 {
        throw Misuse(
          "chunk", "the number of chunks must be positive", got: "\(chunks)", try: "1 or more")
      }
      return d
    }
    guard let d = checked else { return [.poison] }
    let length = shape[d]
    if length == 0 {
      return divided(d, [Int](repeating: 0, count: chunks), "SplitWithSizesBackward0", file, line)
    }
    return split((length + chunks - 1) / chunks, dim: d, file: file, line: line)
  }

  /// Divides a dim into `sections` parts whose sizes differ by at most 1. Views.
  ///
  /// - Source: torch.tensor_split
  public final func tensorSplit(
    _ sections: Int, dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try self.divisible("tensorSplit", dim)
      if sections < 1 {
        throw Misuse(
          "tensorSplit", "the number of sections must be positive", got: "\(sections)",
          try: "1 or more")
      }
      return d
    }
    guard let d = checked else { return [.poison] }
    let (size, rest) = shape[d].quotientAndRemainder(dividingBy: sections)
    return (0..<sections).map { i in
      sliced(d, i * size + Swift.min(i, rest), size + (i < rest ? 1 : 0), 1)
    }
  }

  /// Divides a dim before each of the given positions: [:i0], [i0:i1], … [in:]. Views.
  ///
  /// Positions follow the rules of slices: negative from the end, clipped to the dim.
  /// - Source: torch.tensor_split
  public final func tensorSplit(
    _ indices: [Int], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try self.divisible("tensorSplit", dim)
    }
    guard let d = checked else { return [.poison] }
    var kinds = [IndexKind](repeating: .slice(from: nil, to: nil, step: 1), count: d + 1)
    var parts: [Tensor] = []
    for (from, to) in zip([0] + indices, indices.map(Optional.some) + [nil]) {
      kinds[d] = .slice(from: from, to: to, step: 1)
      parts.append(part(at: kinds, file, line))
    }
    return parts
  }

  /// Divides as a 0-d tensor (a number of sections) or a vector (positions) of int64 says.
  public final func tensorSplit(
    _ indicesOrSections: Tensor, dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    if indicesOrSections.dtype != .int64 || indicesOrSections.ndim > 1 {
      Misuse(
        "tensorSplit", "the sections are no int64 number or vector",
        got: "\(indicesOrSections.dtype.name) \(indicesOrSections.shape.brackets)",
        try: "to(.int64)"
      ).raise(file: file, line: line)
      return [.poison]
    }
    let numbers = indicesOrSections.toArray(Int.self)
    return indicesOrSections.ndim == 0
      ? tensorSplit(numbers[0], dim: dim, file: file, line: line)
      : tensorSplit(numbers, dim: dim, file: file, line: line)
  }

  /// Divides columns (dim 1; dim 0 of a vector) into equal sections.
  ///
  /// - Source: torch.hsplit
  public final func hsplit(
    _ sections: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] { evenly("hsplit", sections, dim: ndim == 1 ? 0 : 1, atLeast: 1, file, line) }

  public final func hsplit(
    _ indices: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] { at("hsplit", indices, dim: ndim == 1 ? 0 : 1, atLeast: 1, file, line) }

  /// Divides rows (dim 0 of at least two dims) into equal sections.
  ///
  /// - Source: torch.vsplit
  public final func vsplit(
    _ sections: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] { evenly("vsplit", sections, dim: 0, atLeast: 2, file, line) }

  public final func vsplit(
    _ indices: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] { at("vsplit", indices, dim: 0, atLeast: 2, file, line) }

  /// Divides depth (dim 2 of at least three dims) into equal sections.
  ///
  /// - Source: torch.dsplit
  public final func dsplit(
    _ sections: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] { evenly("dsplit", sections, dim: 2, atLeast: 3, file, line) }

  public final func dsplit(
    _ indices: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] { at("dsplit", indices, dim: 2, atLeast: 3, file, line) }

  /// All positions of a dim as tensors without it. Views.
  ///
  /// - Gradient: the parts' gradients stacked.
  /// - Source: torch.unbind
  public final func unbind(
    dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    guard
      let d = attempt(
        file: file, line: line, { () throws(Misuse) in try self.divisible("unbind", dim) })
    else { return [.poison] }
    let (layout, whole) = (self.layout, shape)
    let part = layout.removing(d).shape
    return makeViews((0..<whole[d]).map { layout.selecting(d, $0) }, "UnbindBackward0", file, line)
    {
      step, parts in
      let dtype = step.node.outputDType
      step.give(0, Tensor.stack(parts.map { $0 ?? Tensor.zeros(part, dtype: dtype) }, dim: d))
    }
  }

  // MARK: shared

  private func divisible(_ operation: String, _ dim: Int) throws(Misuse) -> Int {
    if ndim == 0 {
      throw Misuse(
        operation, "a 0-d tensor has no dimension to divide", got: "[]", try: "reshape(1)")
    }
    return try Rules.dim(operation, dim, of: shape)
  }

  private func divided(
    _ dim: Int, _ sizes: [Int], _ name: String, _ file: StaticString, _ line: UInt
  ) -> [Tensor] {
    var start = 0
    var layouts: [Layout] = []
    for size in sizes {
      layouts.append(layout.narrowed(dim, start: start, length: size))
      start += size
    }
    return makeViews(layouts, name, file, line) { step, parts in
      let (dtype, shapes) = (step.node.outputDType, layouts.map(\.shape))
      step.give(
        0, Tensor.cat(zip(parts, shapes).map { $0 ?? Tensor.zeros($1, dtype: dtype) }, dim: dim))
    }
  }

  private func evenly(
    _ operation: String, _ sections: Int, dim: Int, atLeast dims: Int, _ file: StaticString,
    _ line: UInt
  ) -> [Tensor] {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try self.hasDims(operation, dims)
      if sections < 1 || self.shape[dim] % sections != 0 {
        throw Misuse(
          operation,
          "the size \(self.shape[dim]) of dimension \(dim) is no multiple of the sections",
          got: "\(sections) sections of \(self.shape.brackets)", try: "tensorSplit")
      }
    }
    return checked == nil ? [.poison] : tensorSplit(sections, dim: dim, file: file, line: line)
  }

  private func at(
    _ operation: String, _ indices: [Int], dim: Int, atLeast dims: Int, _ file: StaticString,
    _ line: UInt
  ) -> [Tensor] {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try self.hasDims(operation, dims)
    }
    return checked == nil ? [.poison] : tensorSplit(indices, dim: dim, file: file, line: line)
  }

  private func hasDims(_ operation: String, _ dims: Int) throws(Misuse) {
    if ndim < dims {
      throw Misuse(
        operation, "at least \(dims) dimensions are needed", got: shape.brackets, try: "unsqueeze")
    }
  }
}
