// Views that drop, add, merge and reorder dimensions.

extension Tensor {
  /// Reorders the dimensions.
  ///
  /// - Gradient: permuted back.
  /// - Source: torch.permute
  public final func permute(
    _ dims: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { permute(dims, file: file, line: line) }

  public final func permute(
    _ dims: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let order = attempt(file: file, line: line) { () throws(Misuse) -> [Int] in
      if dims.count != self.ndim {
        throw Misuse(
          "permute", "the order does not name every dimension once",
          got: "dims \(dims) for shape \(self.shape.brackets)", try: "\(self.ndim) dims")
      }
      if dims.isEmpty { return [] }
      _ = try Rules.dims("permute", dims, of: self.shape)
      return dims.map { $0 < 0 ? $0 + self.ndim : $0 }
    }
    guard let order else { return .poison }
    var inverse = order
    for (i, d) in order.enumerated() { inverse[d] = i }
    return makeView(
      layout.permuted(order), "PermuteBackward0",
      rule: { step, g in
        step.give(0, g.permute(inverse))
      })
  }

  /// Transposes a matrix; tensors of fewer dimensions are returned as they are.
  ///
  /// - Precondition: at most two dimensions.
  /// - Source: torch.t
  public final func t(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    if ndim > 2 {
      Misuse(
        "t", "only a matrix can be transposed without naming dimensions", got: shape.brackets,
        try: "transpose(0, 1), mT or permute"
      ).raise(file: file, line: line)
      return .poison
    }
    if ndim < 2 { return makeView(layout, "TBackward0", rule: { step, g in step.give(0, g) }) }
    return makeView(layout.transposed(0, 1), "TBackward0", rule: { step, g in step.give(0, g.t()) })
  }

  /// All dimensions in reverse order.
  public final var T: Tensor { permute((0..<ndim).reversed()) }

  /// The matrices in the last two dimensions transposed.
  public final var mT: Tensor { transpose(-2, -1) }

  /// Moves dimensions to new places; the others keep their order.
  ///
  /// - Source: torch.movedim
  public final func movedim(
    _ source: Int, _ destination: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { movedim([source], [destination], file: file, line: line) }

  public final func movedim(
    _ source: [Int], _ destination: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let order = attempt(file: file, line: line) { () throws(Misuse) -> [Int] in
      if source.count != destination.count {
        throw Misuse(
          "movedim", "as many sources as destinations are needed",
          got: "\(source) to \(destination)", try: "lists of one length")
      }
      _ = source.isEmpty ? 0 : try Rules.dims("movedim", source, of: self.shape)
      _ = destination.isEmpty ? 0 : try Rules.dims("movedim", destination, of: self.shape)
      let n = self.ndim
      let from = source.map { $0 < 0 ? $0 + n : $0 }
      let to = destination.map { $0 < 0 ? $0 + n : $0 }
      var order = [Int](repeating: -1, count: n)
      for (s, d) in zip(from, to) { order[d] = s }
      var rest = (0..<n).filter { !from.contains($0) }[...]
      for i in 0..<n where order[i] < 0 { order[i] = rest.removeFirst() }
      return order
    }
    guard let order else { return .poison }
    return permute(order)
  }

  /// Drops all dimensions of size 1.
  ///
  /// - Source: torch.squeeze
  public final func squeeze() -> Tensor {
    squeezed((0..<ndim).filter { shape[$0] == 1 }, "SqueezeBackward0")
  }

  /// Drops dimension `dim` if its size is 1.
  public final func squeeze(
    _ dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let d = checkedDim("squeeze", dim, file, line) else { return .poison }
    return squeezed(ndim > 0 && shape[d] == 1 ? [d] : [], "SqueezeBackward1")
  }

  public final func squeeze(
    _ dims: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard
      let mask = attempt(
        file: file, line: line,
        { () throws(Misuse) -> UInt32 in
          dims.isEmpty ? 0 : try Rules.dims("squeeze", dims, of: self.shape)
        })
    else { return .poison }
    return squeezed(
      (0..<ndim).filter { mask & (1 << UInt32($0)) != 0 && shape[$0] == 1 }, "SqueezeBackward2")
  }

  private func squeezed(_ dims: [Int], _ name: String) -> Tensor {
    var layout = layout
    for dim in dims.reversed() { layout = layout.removing(dim) }
    let shape = self.shape
    return makeView(layout, name, rule: { step, g in step.give(0, g.reshaped(shape)) })
  }

  /// Exchanges two dimensions: `transpose` under NumPy's name.
  ///
  /// - Source: torch.swapaxes
  public final func swapaxes(
    _ a: Int, _ b: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { transpose(a, b, file: file, line: line) }

  /// Inserts a dimension of size 1.
  ///
  /// - Source: torch.unsqueeze
  public final func unsqueeze(
    _ dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let n = ndim + 1
    let d = dim < 0 ? dim + n : dim
    if d < 0 || d >= n || n > Shape.maxDims {
      Misuse(
        "unsqueeze", "dimension \(dim) is out of range for \(ndim) dimensions",
        got: "dim \(dim) and shape \(shape.brackets)", try: "a dim from \(-n) to \(n - 1)"
      ).raise(file: file, line: line)
      return .poison
    }
    return makeView(
      layout.unsqueezed(d), "UnsqueezeBackward0",
      rule: { step, g in
        step.give(0, g.squeeze(d))
      })
  }

  /// Merges the dimensions from `startDim` to `endDim` into one: a view where the strides allow it.
  ///
  /// - Source: torch.flatten
  public final func flatten(
    startDim: Int = 0, endDim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { flatten(startDim, endDim, file: file, line: line) }

  public final func flatten(
    _ startDim: Int, _ endDim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let start = checkedDim("flatten", startDim, file, line),
      let end = checkedDim("flatten", endDim, file, line)
    else { return .poison }
    if start > end {
      Misuse(
        "flatten", "startDim comes after endDim", got: "\(startDim) and \(endDim)",
        try: "startDim <= endDim"
      ).raise(file: file, line: line)
      return .poison
    }
    if ndim == 0 { return reshape([1]) }
    var target = Shape()
    for i in 0..<start { target.append(shape[i]) }
    target.append((start...end).reduce(1) { $0 * shape[$1] })
    for i in (end + 1)..<Swift.max(ndim, end + 1) { target.append(shape[i]) }
    return reshaped(target)
  }

  /// Divides one dimension into several; one size may be -1.
  ///
  /// - Source: torch.unflatten
  public final func unflatten(
    _ dim: Int, _ sizes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let target = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      let d = try Rules.dim("unflatten", dim, of: self.shape)
      if sizes.isEmpty || self.ndim == 0 {
        throw Misuse(
          "unflatten", "a dimension and at least one size are needed",
          got: "\(sizes) for \(self.shape.brackets)",
          try: "sizes whose product is the dimension's size")
      }
      if sizes.count > Shape.maxDims { throw Rules.tooManyDims("unflatten", sizes.count) }
      let inner = try Rules.reshape("unflatten", [self.shape[d]], to: Shape(sizes))
      var all = Array(self.shape)
      all.replaceSubrange(d...d, with: Array(inner))
      if all.count > Shape.maxDims { throw Rules.tooManyDims("unflatten", all.count) }
      return Shape(all)
    }
    guard let target else { return .poison }
    return reshaped(target)
  }

  /// All elements in one dimension.
  public final func ravel() -> Tensor { reshape([numel()]) }

  /// - Source: torch.Tensor.view_as
  public final func viewAs(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    view(Array(other.shape), file: file, line: line)
  }

  /// - Source: torch.Tensor.reshape_as
  public final func reshapeAs(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { reshape(Array(other.shape), file: file, line: line) }

  /// Expands to the shape of another tensor.
  ///
  /// - Source: torch.Tensor.expand_as
  public final func expandAs(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { expand(Array(other.shape), file: file, line: line) }

  /// Expands to a shape.
  ///
  /// - Source: torch.broadcast_to
  public final func broadcastTo(
    _ shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { expand(Array(shape), file: file, line: line) }

  /// The part of dimension `dim` from `start`, `length` long: a view.
  ///
  /// - Gradient: zero outside the part.
  /// - Source: torch.narrow
  public final func narrow(
    _ dim: Int, _ start: Int, _ length: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let d = checkedDim("narrow", dim, file, line) else { return .poison }
    let size = ndim == 0 ? -1 : shape[d]
    let first = start < 0 ? start + size : start
    if ndim == 0 || length < 0 || first < 0 || first + length > size {
      Misuse(
        "narrow", "the part leaves the dimension",
        got: "start \(start) and length \(length) in dim \(dim) of \(shape.brackets)",
        try: "a start and length within the size"
      ).raise(file: file, line: line)
      return .poison
    }
    return sliced(d, first, length, 1)
  }

  /// Positions start, start + step, … of a dim; the arguments are in range.
  final func sliced(_ dim: Int, _ start: Int, _ length: Int, _ step: Int) -> Tensor {
    let shape = self.shape
    return makeView(
      layout.narrowed(dim, start: start, length: length, step: step), "SliceBackward0",
      rule: { back, g in
        back.give(
          0,
          Tensor.zerosWithSlice(shape, g) {
            $0.narrowed(dim, start: start, length: length, step: step)
          })
      })
  }

  /// Position `index` of a dim, which is dropped: a view.
  ///
  /// - Source: torch.select
  public final func select(
    _ dim: Int, _ index: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let d = checkedDim("select", dim, file, line) else { return .poison }
    let size = ndim == 0 ? 0 : shape[d]
    let i = index < 0 ? index + size : index
    if i < 0 || i >= size {
      Misuse(
        "index", "index \(index) is out of range for dimension \(dim) of size \(size)",
        got: "index \(index) and shape \(shape.brackets)",
        try: size == 0 ? "a tensor with elements" : "an index from \(-size) to \(size - 1)"
      ).raise(file: file, line: line)
      return .poison
    }
    let view = makeView(layout)
    view.layout.select(d, i)
    if requiresGrad && view.viewBase != nil {
      let shape = layout.shape
      view.record("SelectBackward0", TensorList(self)) { step, g in
        step.give(0, Tensor.zerosWithSlice(shape, g) { $0.selecting(d, i) })
      }
    }
    return view
  }

  /// Zeros of a shape with a gradient at the places of a view: differentiable in the gradient.
  static func zerosWithSlice(_ shape: Shape, _ g: Tensor, _ view: (Layout) -> Layout) -> Tensor {
    let zeros = Tensor.zeros(shape, dtype: g.dtype)
    let place = view(zeros.layout)
    zeros.asStrided(place.shape, place.strides, offset: place.offset).copy_(g)
    return zeros
  }
}
