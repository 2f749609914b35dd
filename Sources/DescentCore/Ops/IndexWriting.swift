// Writing rows named by a vector of places, and elements named by their number in row-major order.

extension Tensor {
  /// A copy with alpha times the rows of `source` added to the rows `index` of a dim; equal places add up.
  ///
  /// - Gradient: g for self, alpha times its rows for the source.
  /// - Source: torch.index_add
  public final func indexAdd(
    _ dim: Int, _ index: Tensor, _ source: Tensor, alpha: some Scalar = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { addingRows(dim, index, source, alpha.scalarValue, inPlace: false, file, line) }

  /// Adds rows of `source` to the rows `index` of a dim.
  ///
  /// - Source: torch.Tensor.index_add_
  @discardableResult
  public final func indexAdd_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, alpha: some Scalar = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { addingRows(dim, index, source, alpha.scalarValue, inPlace: true, file, line) }

  /// A copy with the rows of `source` in the rows `index` of a dim; of equal places the last wins.
  ///
  /// - Gradient: g without these rows for self, its rows for the source.
  /// - Source: torch.index_copy
  public final func indexCopy(
    _ dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { copyingRows(dim, index, source, inPlace: false, file, line) }

  /// Copies the rows of `source` to the rows `index` of a dim.
  ///
  /// - Source: torch.Tensor.index_copy_
  @discardableResult
  public final func indexCopy_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { copyingRows(dim, index, source, inPlace: true, file, line) }

  /// A copy with a number in the rows `index` of a dim.
  ///
  /// - Gradient: g without these rows.
  /// - Source: torch.index_fill
  public final func indexFill(
    _ dim: Int, _ index: Tensor, _ value: some Scalar, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { fillingRows(dim, index, number(value.scalarValue), 0, inPlace: false, file, line) }

  /// A copy with a 0-d tensor's value in the rows `index` of a dim.
  ///
  /// - Gradient: the sum of g over these rows for the value.
  /// - Source: torch.index_fill
  public final func indexFill(
    _ dim: Int, _ index: Tensor, _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { fillingRows(dim, index, value, 1, inPlace: false, file, line) }

  /// Sets the rows `index` of a dim to a number.
  ///
  /// - Source: torch.Tensor.index_fill_
  @discardableResult
  public final func indexFill_(
    _ dim: Int, _ index: Tensor, _ value: some Scalar, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { fillingRows(dim, index, number(value.scalarValue), 0, inPlace: true, file, line) }

  @discardableResult
  public final func indexFill_(
    _ dim: Int, _ index: Tensor, _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { fillingRows(dim, index, value, 1, inPlace: true, file, line) }

  // MARK: how

  private func addingRows(
    _ dim: Int, _ index: Tensor, _ source: Tensor, _ alpha: ScalarValue, inPlace: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    guard let (d, places) = rowPlaces("indexAdd", dim, index, source, file, line) else {
      return inPlace ? self : .poison
    }
    let shape = source.shape
    let scaled = { (x: Tensor) in
      alpha == .int(1) ? x : Tensor.mulScalarOp.apply(TensorList(x), scalars: ScalarList(alpha))
    }
    return written(
      "indexAdd", node: "IndexAddBackward0", inPlace: inPlace, with: TensorList(source),
      saving: TensorList(places), file: file, line: line
    ) { step, g in
      if step.needs(0) { step.give(0, g) }
      if step.needs(1) { step.give(1, scaled(g.gather(d, step.saved(0)).reshape(shape))) }
    } write: { target throws(Misuse) in
      let values = noGrad { scaled(source).to(target.dtype).shaped(like: places) }
      try target.scatterRaw("indexAdd", .add, d, places, values, isNew: !inPlace)
    }
  }

  private func copyingRows(
    _ dim: Int, _ index: Tensor, _ source: Tensor, inPlace: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    if index.dtype != .int64 {
      Misuse("indexCopy", "the index must be int64", got: index.dtype.name, try: "to(.int64)")
        .raise(
          file: file, line: line)
      return inPlace ? self : .poison
    }
    guard let (d, places) = rowPlaces("indexCopy", dim, index, source, file, line) else {
      return inPlace ? self : .poison
    }
    let shape = source.shape
    return written(
      "indexCopy", node: "IndexCopyBackward0", inPlace: inPlace, with: TensorList(source),
      saving: TensorList(places), file: file, line: line
    ) { step, g in
      if step.needs(0) { step.give(0, g.scatter(d, step.saved(0), 0)) }
      if step.needs(1) { step.give(1, g.gather(d, step.saved(0)).reshape(shape)) }
    } write: { target throws(Misuse) in
      try target.scatterRaw(
        "indexCopy", .assign, d, places, noGrad { source.shaped(like: places) }, isNew: !inPlace)
    }
  }

  private func fillingRows(
    _ dim: Int, _ index: Tensor, _ value: Tensor, _ variant: Int, inPlace: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Tensor) in
      if value.ndim != 0 {
        throw Misuse(
          "indexFill", "the value must be a number", got: value.shape.brackets, try: "a 0-d tensor")
      }
      if index.dtype != .int64 || index.ndim > 1 {
        throw Misuse(
          "indexFill", "the index must be a vector of int64",
          got: "\(index.dtype.name) \(index.shape.brackets)", try: "to(.int64) and flatten()")
      }
      let d = try Rules.dim("indexFill", dim, of: self.shape)
      return (d, self.rows(index, d))
    }
    guard let (d, places) = checked else { return inPlace ? self : .poison }
    return written(
      "indexFill", node: "IndexFillBackward\(variant)", inPlace: inPlace, with: TensorList(value),
      saving: TensorList(places), mayOverlap: true, file: file,
      line: line
    ) { step, g in
      if step.needs(0) { step.give(0, g.scatter(d, step.saved(0), 0)) }
      // A row named twice is filled once.
      if step.needs(1) { step.give(1, g - g.scatter(d, step.saved(0), 0)) }
    } write: { target throws(Misuse) in
      let filling = noGrad { value.to(target.dtype).expanded(to: places.shape) }
      try target.scatterRaw("indexFill", .assign, d, places, filling, isNew: !inPlace)
    }
  }

  /// The vector of places spread over this tensor's other dims; negative ones count from the end.
  private func rows(_ index: Tensor, _ d: Int) -> Tensor {
    let vector = noGrad { Tensor.wrappedIndex(index, atLeastOneDim.shape[d]) }
    var shape = atLeastOneDim.shape
    shape[d] = vector.numel()
    return vector.spread(over: shape, dim: d)
  }

  private static func wrappedIndex(_ index: Tensor, _ size: Int) -> Tensor {
    let vector = index.to(.int64).reshape([index.numel()])
    return `where`(vector .< 0, vector + size, vector)
  }

  /// Checks index and source of an operation on rows; gives the dim and the places.
  final func rowPlaces(
    _ operation: String, _ dim: Int, _ index: Tensor, _ source: Tensor, _ file: StaticString,
    _ line: UInt
  ) -> (Int, Tensor)? {
    attempt(file: file, line: line) { () throws(Misuse) -> (Int, Tensor) in
      let d = try Rules.dim(operation, dim, of: self.shape)
      if index.ndim > 1 || (index.dtype != .int64 && index.dtype != .int32) {
        throw Misuse(
          operation, "the index must be a vector of int64 or int32",
          got: "\(index.dtype.name) \(index.shape.brackets)", try: "to(.int64) and flatten()")
      }
      if source.dtype != self.dtype {
        throw Misuse(
          operation, "source and tensor have different dtypes",
          got: "\(source.dtype.name) into \(self.dtype.name)", try: "to(.\(self.dtype.name))")
      }
      var expected = self.atLeastOneDim.shape
      expected[d] = index.numel()
      // A 0-d source is one row of a vector.
      let isNumber = source.ndim == 0 && index.numel() == 1 && expected.elementCount == 1
      if !isNumber && source.shape != expected {
        throw Misuse(
          operation, "the source's shape is not that of the rows",
          got: "\(source.shape.brackets) for \(index.numel()) rows of \(self.shape.brackets)",
          try: "a source of shape \(expected.brackets)")
      }
      var places = index.to(.int64)
      places = Tensor(
        storage: places.storage,
        layout: Layout(
          shape: [places.numel()], strides: [places.ndim == 0 ? 1 : places.layout.strides[0]],
          offset: places.layout.offset), dtype: .int64)
      return (d, places.spread(over: expected, dim: d))
    }
  }

  final func shaped(like other: Tensor) -> Tensor {
    shape == other.shape ? self : reshape(other.shape)
  }

  // MARK: by number

  /// Elements by their number in row-major order, negative from the end; the result has the index's shape.
  ///
  /// - Gradient: added at these places.
  /// - Source: torch.take
  public final func take(
    _ index: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if index.dtype != .int64 {
      Misuse("take", "the index must be int64", got: index.dtype.name, try: "to(.int64)").raise(
        file: file, line: line)
      return .poison
    }
    let flat = noGrad { ravel() }
    let output = Tensor(empty: index.shape, dtype: dtype)
    do throws(Misuse) {
      try flat.readRaw("take", [index], output)
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    if recording(self) {
      let shape = self.shape
      output.record(
        "TakeBackward0", TensorList(self), saving: TensorList(index), file: file, line: line
      ) {
        step, g in
        step.give(0, Tensor.zeros(shape, dtype: g.dtype).put(step.saved(0), g, accumulate: true))
      }
    }
    return output
  }

  /// A copy with the elements of `source` at places given by their number in row-major order.
  ///
  /// - Parameter accumulate: adds; equal places add up.
  /// - Gradient: g (without these places, unless accumulated) for self, g taken there for the source.
  /// - Source: torch.put
  public final func put(
    _ index: Tensor, _ source: Tensor, accumulate: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { putting(index, source, accumulate, inPlace: false, file, line) }

  /// Writes the elements of `source` at places given by their number in row-major order.
  ///
  /// - Source: torch.Tensor.put_
  @discardableResult
  public final func put_(
    _ index: Tensor, _ source: Tensor, accumulate: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { putting(index, source, accumulate, inPlace: true, file, line) }

  private func putting(
    _ index: Tensor, _ source: Tensor, _ accumulate: Bool, inPlace: Bool, _ file: StaticString,
    _ line: UInt
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if index.dtype != .int64 {
        throw Misuse("put", "the index must be int64", got: index.dtype.name, try: "to(.int64)")
      }
      if source.dtype != self.dtype || source.numel() != index.numel() {
        throw Misuse(
          "put", "a source of the tensor's dtype with an element for each place is needed",
          got: "\(source.dtype.name) \(source.shape.brackets) for \(index.shape.brackets)",
          try: "to(.\(self.dtype.name))")
      }
    }
    if checked == nil { return inPlace ? self : .poison }
    let shape = source.shape
    return written(
      "put", node: "PutBackward0", inPlace: inPlace, with: TensorList(source),
      saving: TensorList(index), file: file, line: line
    ) { step, g in
      let index = step.saved(0)
      if step.needs(0) {
        step.give(0, accumulate ? g : g.put(index, Tensor.zeros(index.shape, dtype: g.dtype)))
      }
      if step.needs(1) { step.give(1, g.take(index).reshape(shape)) }
    } write: { target throws(Misuse) in
      let (flat, values) = noGrad {
        (target.ravel(), (source.storage === target.storage ? source.clone() : source).ravel())
      }
      try flat.writeRaw("put", [noGrad { index.ravel() }], values, accumulate ? .add : .assign)
      if flat.storage !== target.storage {
        let back = noGrad { flat.reshape(target.shape) }
        target.device.backend.copy(CopyCall(source: back, destination: target))
      }
    }
  }
}
