// Writing to places given by an index along one dimension.

extension Tensor {
  /// Adds each element of `source` at the place that `index` gives in `dim`; equal places add up, in
  /// the order of the index.
  ///
  /// - Gradient: g for self, g gathered at the index for the source.
  /// - Source: torch.Tensor.scatter_add_
  @discardableResult
  public final func scatterAdd_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try Rules.dim("scatterAdd_", dim, of: self.shape)
      try Rules.indexAlong("scatterAdd_", d, self.shape, index)
      try Rules.sourceAlong("scatterAdd_", index, source, self.dtype)
      try Rules.writable("scatterAdd", self)
      return d
    }
    guard let d = checked else { return self }
    if index.numel() == 0 { return self }
    let index = index.to(.int64)
    let records = recording(self, source)
    let target =
      ndim == 0 ? Tensor(storage: storage, layout: layout.unsqueezed(0), dtype: dtype) : self
    let places = index.ndim == 0 ? index.reshape([1]) : index
    let values = source.ndim == 0 ? source.reshape([1]) : source
    let part = Tensor(
      storage: values.storage,
      layout: Layout(
        shape: places.shape, strides: values.layout.strides, offset: values.layout.offset),
      dtype: values.dtype)
    do throws(Misuse) {
      try device.backend.scatter(
        ScatterCall(
          mode: .add, target: target, dim: d, index: places, source: part, operation: "scatterAdd_")
      )
    } catch { error.raise(file: file, line: line) }
    didChange("scatterAdd_", file, line)
    if records {
      var edges = EdgeList()
      edges.append(Edge(self))
      edges.append(Edge(source))
      var saved = SavedList()
      saved.append(index)
      let sourceShape = source.shape
      rebase(
        onto: RuleNode(
          "ScatterAddBackward0", output: self, edges: edges, saved: saved, file: file, line: line
        ) { step, g in
          if step.needs(0) { step.give(0, g) }
          if step.needs(1) {
            let read = g.gather(d, step.saved(0))
            step.give(
              1,
              read.shape == sourceShape
                ? read
                : Tensor.zeros(sourceShape, dtype: g.dtype)
                  .replacingSlice(
                    read,
                    Layout(
                      shape: read.shape, strides: Layout.contiguousStrides(sourceShape), offset: 0))
            )
          }
        })
    }
    return self
  }

  /// A copy of self with `source` added at the places of the index.
  ///
  /// - Source: torch.scatter_add
  public final func scatterAdd(
    _ dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { clone().scatterAdd_(dim, index, source, file: file, line: line) }
}

extension Rules {
  /// A source of scatter: the target's dtype, at least the index's sizes.
  static func sourceAlong(
    _ operation: String, _ index: Tensor, _ source: Tensor, _ dtype: DType
  ) throws(Misuse) {
    if source.dtype != dtype {
      throw Misuse(
        operation, "source and tensor have different dtypes",
        got: "\(source.dtype.name) into \(dtype.name)", try: "to(.\(dtype.name))")
    }
    if index.numel() == 0 { return }
    if max(source.ndim, 1) != max(index.ndim, 1)
      || (0..<min(index.ndim, source.ndim)).contains(where: { index.shape[$0] > source.shape[$0] })
    {
      throw Misuse(
        operation, "the index is larger than the source",
        got: "index \(index.shape.brackets), source \(source.shape.brackets)",
        try: "a source of at least the index's sizes")
    }
  }
}
