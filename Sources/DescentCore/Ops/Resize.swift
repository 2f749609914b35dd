extension Tensor {
  /// Changes the shape in place: the same storage, row-major, grown if it is too small (new elements are
  /// uninitialised).
  ///
  /// - Source: torch.Tensor.resize_
  @discardableResult
  public final func resize_(
    _ sizes: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let target = Shape(sizes)
    if requiresGrad {
      Misuse(
        "resize_", "a tensor that requires gradients cannot be resized", got: shape.brackets,
        try: "reshape"
      )
      .raise(file: file, line: line)
      return self
    }
    let needed = (layout.offset + target.elementCount) * dtype.itemSize
    if needed > storage.byteCount {
      let grown = Storage(byteCount: needed, device: device)
      grown.data.copyMemory(from: storage.data, byteCount: storage.byteCount)
      storage = grown
    }
    layout = Layout(
      shape: target, strides: Layout.contiguousStrides(target), offset: layout.offset)
    return self
  }

  /// Sets every element to 0.
  ///
  /// - Source: torch.Tensor.zero_
  @discardableResult
  public final func zero_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    fill_(0, file: file, line: line)
  }

  /// Sets every element to a number.
  ///
  /// - Gradient: 0 for the old value.
  /// - Source: torch.Tensor.fill_
  @discardableResult
  public final func fill_(
    _ value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let value = value.scalarValue
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.representable("fill_", value, dtype)
    }
    return checked == nil ? self : copy_(number(value), file: file, line: line)
  }
}
