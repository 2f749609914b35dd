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
}
