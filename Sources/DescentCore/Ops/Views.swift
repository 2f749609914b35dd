// Views: other shapes and strides on the same storage. None of these copies, but `reshape` may.

extension Tensor {
  /// The elements in row-major order under another shape, without copying.
  ///
  /// One size may be -1: it is inferred.
  /// - Precondition: the strides allow it: `view: the elements do not lie in one order that the sizes
  ///   can divide. Got … Try reshape, which copies.`
  /// - Gradient: viewed back.
  /// - Source: torch.Tensor.view
  @inlinable
  public final func view(_ sizes: Int..., file: StaticString = #fileID, line: UInt = #line)
    -> Tensor
  {
    // Inlined into the caller, the list of sizes needs no memory of its own.
    sizes.withUnsafeBufferPointer { view($0, file, line) }
  }

  public final func view(_ sizes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    sizes.withUnsafeBufferPointer { view($0, file, line) }
  }

  /// The same for a shape, as in `x.view(y.shape)`; one size may be -1.
  public final func view(_ sizes: Shape, file: StaticString = #fileID, line: UInt = #line) -> Tensor
  {
    sizes.withUnsafeSizes {
      view(UnsafeBufferPointer(start: $0, count: sizes.count), file, line)
    }
  }

  @usableFromInline
  final func view(_ sizes: UnsafeBufferPointer<Int>, _ file: StaticString, _ line: UInt) -> Tensor {
    let view: Tensor
    if layout.isContiguous && Shape.fills(sizes, layout.elementCount) {
      // The commonest case. The layout is written where it stays: a copy read in wide pieces would wait
      // for the narrow writes.
      view = makeView(layout)
      view.layout.reshape(sizes)
    } else {
      guard let target = viewedLayout(sizes, file, line) else { return .poison }
      view = makeView(target)
    }
    if requiresGrad && view.viewBase != nil {
      let shape = layout.shape
      view.record("ViewBackward0", TensorList(self)) { step, g in step.give(0, g.reshaped(shape)) }
    }
    return view
  }

  @inline(never)
  private func viewedLayout(
    _ sizes: UnsafeBufferPointer<Int>, _ file: StaticString, _ line: UInt
  ) -> Layout? {
    attempt(file: file, line: line) { () throws(Misuse) -> Layout in
      if sizes.count > Shape.maxDims { throw Rules.tooManyDims("view", sizes.count) }
      let sizes = Shape(sizes)
      let target = try Rules.reshape("view", self.layout.shape, to: sizes)
      guard let layout = self.layout.viewed(as: target) else {
        throw Misuse(
          "view", "the elements do not lie in one order that the sizes can divide",
          got: "shape \(self.shape.brackets) with strides \(strides), sizes \(sizes.brackets)",
          try: "reshape, which copies")
      }
      return layout
    }
  }

  /// A view of another shape where the strides allow it, a copy otherwise.
  ///
  /// - Source: torch.reshape
  @inlinable
  public final func reshape(
    _ sizes: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    sizes.withUnsafeBufferPointer { reshape($0, file, line) }
  }

  public final func reshape(
    _ sizes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    sizes.withUnsafeBufferPointer { reshape($0, file, line) }
  }

  @usableFromInline
  final func reshape(
    _ sizes: UnsafeBufferPointer<Int>, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    if sizes.count > Shape.maxDims {
      Rules.tooManyDims("reshape", sizes.count).raise(file: file, line: line)
      return .poison
    }
    return reshape(Shape(sizes), file: file, line: line)
  }

  /// The same for a shape, as in `x.reshape(y.shape)`; one size may be -1.
  public final func reshape(
    _ sizes: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let target = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.reshape("reshape", layout.shape, to: sizes)
    }
    return target.map { reshaped($0) } ?? .poison
  }

  /// The same for sizes that fit.
  final func reshaped(_ target: Shape) -> Tensor {
    if target == shape { return self }
    let source = layout.viewed(as: target) == nil ? clone(memoryFormat: .contiguous) : self
    let shape = self.shape
    return source.makeView(
      source.layout.viewed(as: target)!, "ViewBackward0",
      rule: { step, g in
        step.give(0, g.reshaped(shape))
      })
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
    if ndim == 0 {
      return makeView(layout, "TransposeBackward0", rule: { step, g in step.give(0, g) })
    }
    return makeView(
      layout.transposed(x, y), "TransposeBackward0",
      rule: { step, g in
        step.give(0, g.transpose(x, y))
      })
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
    return makeView(
      layout.expanded(to: target), "ExpandBackward0", rule: { step, g in step.give(0, g) })
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
    return makeView(
      target, "AsStridedBackward0",
      rule: { step, g in
        step.give(0, Tensor.scatteredBack(g, target, base))
      })
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
