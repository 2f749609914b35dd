// Views: other shapes and strides on the same storage. None of these copies, but `reshape` may.

extension Tensor {
  /// The elements in row-major order under another shape, without copying.
  ///
  /// One size may be -1: it is inferred.
  /// - Precondition: the strides allow it: `view: the elements do not lie in one order that the sizes
  ///   can divide. Got … Try reshape, which copies.`
  /// - Gradient: viewed back.
  /// - Source: torch.Tensor.view
  public final func view(_ sizes: Int..., file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    view(sizes, file: file, line: line)
  }

  public final func view(_ sizes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    let layout = attempt(file: file, line: line) { () throws(Misuse) -> Layout in
      let target = try Rules.reshape("view", self.shape, to: sizes)
      guard let layout = self.layout.viewed(as: target) else {
        throw Misuse(
          "view", "the elements do not lie in one order that the sizes can divide",
          got: "shape \(self.shape.brackets) with strides \(strides), sizes \(sizes)",
          try: "reshape, which copies")
      }
      return layout
    }
    guard let layout else { return .poison }
    let shape = self.shape
    return makeView(layout, "ViewBackward0") { step, g in step.give(0, g.reshape(shape)) }
  }

  /// A view of another shape where the strides allow it, a copy otherwise.
  ///
  /// - Source: torch.reshape
  public final func reshape(
    _ sizes: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reshape(sizes, file: file, line: line)
  }

  public final func reshape(
    _ sizes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard
      let target = attempt(
        file: file, line: line,
        { () throws(Misuse) in try Rules.reshape("reshape", shape, to: sizes) })
    else { return .poison }
    return reshape(target)
  }

  final func reshape(_ target: Shape) -> Tensor {
    if target == shape { return self }
    let source = layout.viewed(as: target) == nil ? clone() : self
    let shape = self.shape
    return source.makeView(source.layout.viewed(as: target)!, "ViewBackward0") { step, g in
      step.give(0, g.reshape(shape))
    }
  }

  /// Exchanges two dimensions.
  ///
  /// - Gradient: transposed back.
  /// - Source: torch.transpose
  public final func transpose(
    _ a: Int, _ b: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let x = checkedDim("transpose", a, file, line),
      let y = checkedDim("transpose", b, file, line)
    else { return .poison }
    if ndim == 0 { return makeView(layout, "TransposeBackward0") { step, g in step.give(0, g) } }
    return makeView(layout.transposed(x, y), "TransposeBackward0") { step, g in
      step.give(0, g.transpose(x, y))
    }
  }

  /// Repeats dimensions of size 1 without copying: stride 0. -1 keeps a size.
  ///
  /// - Gradient: summed over the repeated dimensions.
  /// - Source: torch.Tensor.expand
  public final func expand(_ sizes: Int..., file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    expand(sizes, file: file, line: line)
  }

  public final func expand(_ sizes: [Int], file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    let target = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      let shift = sizes.count - ndim
      var target = Shape()
      for (i, size) in sizes.enumerated() {
        if size == -1 && i >= shift {
          target.append(shape[i - shift])
        } else if size < 0
          || (i >= shift && shift >= 0 && shape[i - shift] != 1 && shape[i - shift] != size)
        {
          throw Misuse(
            "expand", "size \(size) does not fit in dimension \(i)",
            got: "\(shape.brackets) to \(sizes)", try: "sizes that differ only where the size is 1")
        } else {
          target.append(size)
        }
      }
      if shift < 0 {
        throw Misuse(
          "expand", "fewer dimensions than the tensor has", got: "\(shape.brackets) to \(sizes)",
          try: "at least \(ndim) sizes")
      }
      return target
    }
    guard let target else { return .poison }
    return expanded(to: target)
  }

  final func expanded(to target: Shape) -> Tensor {
    if target == shape { return self }
    // The engine sums a gradient that is larger than what it belongs to.
    return makeView(layout.expanded(to: target), "ExpandBackward0") { step, g in step.give(0, g) }
  }

  /// A view with any sizes, strides (elements) and offset into the storage.
  ///
  /// - Gradient: added back at the places viewed; overlapping places add up.
  /// - Source: torch.as_strided
  public final func asStrided(
    _ shape: Shape, _ strides: Shape, offset: Int? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let target = Layout(shape: shape, strides: strides, offset: offset ?? layout.offset)
    let extent = target.extent
    if shape.count != strides.count || extent.lowerBound < 0
      || !extent.isEmpty && extent.upperBound * dtype.itemSize > storage.byteCount
    {
      Misuse(
        "asStrided", "the view leaves the storage",
        got:
          "elements \(extent.lowerBound) to \(extent.upperBound - 1) of \(storage.byteCount / dtype.itemSize)",
        try: "smaller sizes or strides"
      ).raise(file: file, line: line)
      return .poison
    }
    let base = layout
    return makeView(target, "AsStridedBackward0") { step, g in
      step.give(0, Tensor.scatteredBack(g, target, base))
    }
  }

  /// Zeros of a base's shape with a view's gradient added at its places. Both layouts count from the
  /// same storage; what the view sees outside the base is dropped.
  static func scatteredBack(_ g: Tensor, _ view: Layout, _ base: Layout) -> Tensor {
    let (b, v) = (base.extent, view.extent)
    let low = Swift.min(b.lowerBound, v.lowerBound)
    let size = Swift.max(b.upperBound, v.upperBound) - low
    let memory = Tensor.zeros([size], dtype: g.dtype)
    if !view.mayOverlapItself {
      memory.asStrided(view.shape, view.strides, offset: view.offset - low).copy_(g)
    } else {
      let places = Tensor.arange(size).asStrided(
        view.shape, view.strides, offset: view.offset - low)
      memory.scatterAdd_(0, places.reshape(-1), g.reshape(-1))
    }
    if base.isContiguous && b.lowerBound == low && b.count == size {
      return memory.reshape(base.shape)
    }
    return memory.asStrided(base.shape, base.strides, offset: base.offset - low)
  }
}
