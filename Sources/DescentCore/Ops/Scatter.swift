// Writing to places given by an index along one dimension. An index has the tensor's dims; a source is
// at least as large as the index.

extension Tensor {
  /// How `scatter` combines what it writes with what is there.
  public enum ScatterReduction: Sendable {
    case add, multiply
  }

  /// A copy with each element of `source` written at the place that `index` gives in `dim`:
  /// out[index[i][j]][j] = source[i][j] for dim 0. Of equal places the last wins.
  ///
  /// - Parameter reduce: adds or multiplies instead of overwriting.
  /// - Gradient: g without the written places for self, g gathered at the index for the source.
  /// - Source: torch.scatter
  public final func scatter(
    _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduction? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { scattering(dim, index, source, reduce, inPlace: false, file, line) }

  /// A copy with a number written at the places of the index.
  ///
  /// - Source: torch.scatter
  public final func scatter(
    _ dim: Int, _ index: Tensor, _ value: some Scalar, reduce: ScatterReduction? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { scattering(dim, index, value.scalarValue, reduce, inPlace: false, file, line) }

  /// Writes each element of `source` at the place that `index` gives in `dim`.
  ///
  /// - Source: torch.Tensor.scatter_
  @discardableResult
  public final func scatter_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduction? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { scattering(dim, index, source, reduce, inPlace: true, file, line) }

  /// Writes a number at the places of the index.
  ///
  /// - Source: torch.Tensor.scatter_
  @discardableResult
  public final func scatter_(
    _ dim: Int, _ index: Tensor, _ value: some Scalar, reduce: ScatterReduction? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { scattering(dim, index, value.scalarValue, reduce, inPlace: true, file, line) }

  /// A copy of self with `source` added at the places of the index; equal places add up.
  ///
  /// - Gradient: g for self, g gathered at the index for the source.
  /// - Source: torch.scatter_add
  public final func scatterAdd(
    _ dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { addingScattered(dim, index, source, inPlace: false, file, line) }

  /// Adds each element of `source` at the place that `index` gives in `dim`; equal places add up, in
  /// the order of the index.
  ///
  /// - Source: torch.Tensor.scatter_add_
  @discardableResult
  public final func scatterAdd_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { addingScattered(dim, index, source, inPlace: true, file, line) }

  // MARK: how

  private func scattering(
    _ dim: Int, _ index: Tensor, _ source: Tensor, _ reduce: ScatterReduction?, inPlace: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    if let reduce {
      return reducingScattered(
        "scatter", "ScatterBackward0", dim, index, source, reduce == .add ? .sum : .prod,
        includeSelf: true, inPlace: inPlace, file, line)
    }
    guard let d = scatterDim("scatter", dim, index, source, file, line) else {
      return inPlace ? self : .poison
    }
    let sourceShape = source.shape
    return written(
      "scatter", node: "ScatterBackward0", inPlace: inPlace, with: TensorList(source),
      saving: TensorList(index), file: file, line: line
    ) { step, g in
      if step.needs(0) { step.give(0, g.scatter(d, step.saved(0), 0)) }
      if step.needs(1) { step.give(1, g.gather(d, step.saved(0)).filled(to: sourceShape)) }
    } write: { target throws(Misuse) in
      try target.scatterRaw("scatter", .assign, d, index, source, isNew: !inPlace)
    }
  }

  private func scattering(
    _ dim: Int, _ index: Tensor, _ value: ScalarValue, _ reduce: ScatterReduction?, inPlace: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let source = number(value).expanded(to: index.shape)
    if reduce != nil { return scattering(dim, index, source, reduce, inPlace: inPlace, file, line) }
    guard let d = scatterDim("scatter", dim, index, source, file, line) else {
      return inPlace ? self : .poison
    }
    return written(
      "scatter", node: "ScatterBackward1", inPlace: inPlace, saving: TensorList(index), file: file,
      line: line
    ) { step, g in
      step.give(0, g.scatter(d, step.saved(0), 0))
    } write: { target throws(Misuse) in
      try target.scatterRaw("scatter", .assign, d, index, source, isNew: !inPlace)
    }
  }

  private func addingScattered(
    _ dim: Int, _ index: Tensor, _ source: Tensor, inPlace: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    guard let d = scatterDim("scatterAdd", dim, index, source, file, line) else {
      return inPlace ? self : .poison
    }
    let sourceShape = source.shape
    return written(
      "scatterAdd", node: "ScatterAddBackward0", inPlace: inPlace, with: TensorList(source),
      saving: TensorList(index), file: file, line: line
    ) { step, g in
      if step.needs(0) { step.give(0, g) }
      if step.needs(1) { step.give(1, g.gather(d, step.saved(0)).filled(to: sourceShape)) }
    } write: { target throws(Misuse) in
      try target.scatterRaw("scatterAdd", .add, d, index, source, isNew: !inPlace)
    }
  }

  /// Zeros of a shape with `source` added at the places of the index: what gathering gives back. Rows
  /// that are looked up whole are summed row by row, without zeros first.
  ///
  /// - Gradient: g gathered at the index.
  static func scatteredSum(
    _ shape: Shape, _ dim: Int, _ index: Tensor, _ source: Tensor,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let layout = index.layout
    let byRows =
      dim == 0 && shape.count > 1 && (source.dtype == .float32 || source.dtype == .float64)
      && index.shape == source.shape && layout.strides[0] == 1
      && (1..<shape.count).allSatisfy {
        shape[$0] == index.shape[$0] && (layout.strides[$0] == 0 || shape[$0] == 1)
      }
    let output =
      byRows ? Tensor(empty: shape, dtype: source.dtype) : zeros(shape, dtype: source.dtype)
    do throws(Misuse) {
      if byRows {
        let places = Tensor(
          storage: index.storage,
          layout: Layout(shape: [index.shape[0]], strides: [1], offset: layout.offset),
          dtype: index.dtype)
        try output.device.backend.sumRows(
          RowSumCall(
            index: places, source: noGrad { source.contiguous() }, output: output,
            operation: "scatterAdd"))
      } else {
        try output.scatterRaw("scatterAdd", .add, dim, index, source, isNew: true)
      }
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    if recording(source) {
      output.record(
        "ScatterAddBackward0", TensorList(source), saving: TensorList(index), file: file, line: line
      ) { step, g in
        step.give(0, g.gather(dim, step.saved(0)))
      }
    }
    return output
  }

  final func scatterDim(
    _ operation: String, _ dim: Int, _ index: Tensor, _ source: Tensor, _ file: StaticString,
    _ line: UInt
  ) -> Int? {
    attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try Rules.dim(operation, dim, of: self.shape)
      try Rules.indexAlong(operation, d, self.shape, index)
      try Rules.sourceAlong(operation, index, source, self.dtype)
      return d
    }
  }

  /// The kernel call; all operands are checked.
  final func scatterRaw(
    _ operation: String, _ mode: ScatterMode, _ dim: Int, _ index: Tensor, _ source: Tensor,
    isNew: Bool
  ) throws(Misuse) {
    if index.numel() == 0 { return }
    let places = index.to(.int64).atLeastOneDim
    let values = (source.storage === storage ? noGrad { source.clone() } : source).atLeastOneDim
    let part = Tensor(
      storage: values.storage,
      layout: Layout(
        shape: places.shape, strides: values.layout.strides, offset: values.layout.offset),
      dtype: values.dtype)
    try device.backend.scatter(
      ScatterCall(
        mode: mode, target: atLeastOneDim, dim: dim, index: places, source: part,
        isNew: isNew, operation: operation))
  }

  /// Zeros of a shape with this tensor in their first places; itself if it has the shape.
  final func filled(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    let own = self.shape
    return Tensor.zerosWithSlice(shape, self) {
      Layout(shape: own, strides: $0.strides, offset: $0.offset)
    }
  }

  /// A number as a 0-d tensor of this dtype.
  final func number(_ value: ScalarValue) -> Tensor {
    let result = Tensor(empty: Shape(), dtype: dtype)
    device.backend.fill(FillCall(pattern: .value(value), output: result))
    return result
  }
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
