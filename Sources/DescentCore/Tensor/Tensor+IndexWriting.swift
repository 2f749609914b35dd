// Assignment to places: `x[…] = y`, `indexPut`.

extension Tensor {
  final func assign(
    _ value: Tensor, at kinds: [IndexKind], _ file: StaticString, _ line: UInt
  ) {
    guard let (view, tensors) = basicPart(kinds, file, line) else { return }
    if tensors.allSatisfy({ $0 == nil }) {
      // `x[i] += 1` hands back the view that it has changed already.
      let isSame =
        view === value
        || view.storage === value.storage && view.viewBase === value.viewBase
          && view.layout.offset == value.layout.offset
          && view.layout.shape == value.layout.shape && view.layout.strides == value.layout.strides
      if isSame {
        let _: Void? = attempt(file: file, line: line) { () throws(Misuse) in
          try Rules.writable("copy", view)
        }
      } else {
        let fitting = value.shape == view.shape ? value : value.trimmed(to: view.ndim)
        view.copy_(fitting, file: file, line: line)
      }
      return
    }
    let mask = value.numel() == 1 ? Tensor.onlyMask(kinds) : nil
    if let mask, mask.dtype != .bool {
      Misuse("index", "a mask to be filled must be bool", got: mask.dtype.name, try: "bool()")
        .raise(
          file: file, line: line)
      return
    }
    if value.dtype != dtype && mask == nil {
      Misuse(
        "index", "value and tensor have different dtypes",
        got: "\(value.dtype.name) into \(dtype.name) at places of an index tensor",
        try: "to(.\(dtype.name))"
      ).raise(file: file, line: line)
      return
    }
    _ = view.putting(value.to(dtype), at: tensors, .assign, inPlace: true, file, line)
  }

  /// The mask, if it is the only tensor among the indices: assigning one element then fills, and converts.
  private static func onlyMask(_ kinds: [IndexKind]) -> Tensor? {
    var found: Tensor?
    for kind in kinds {
      guard case .tensor(let index) = kind, index.ndim > 0 || isMask(index) else { continue }
      if !isMask(index) || found != nil { return nil }
      found = index
    }
    return found
  }

  /// Without leading dims of size 1 that a place of fewer dims has not.
  private func trimmed(to dims: Int) -> Tensor {
    var result = self
    while result.ndim > dims && result.shape[0] == 1 { result = result.squeeze(0) }
    return result
  }

  /// A copy with `values` at places given by an index tensor for each of the first dims (nil: the whole
  /// dim); masks count as one index for each of their dims.
  ///
  /// - Parameter accumulate: adds; equal places add up. Otherwise the last of equal places wins.
  /// - Gradient: g (without these places, unless accumulated) for self, g at these places for the values.
  /// - Source: torch.index_put
  public final func indexPut(
    _ indices: [Tensor?], _ values: Tensor, accumulate: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { putting(indices, values, accumulate, inPlace: false, file, line) }

  /// Writes `values` at places given by index tensors.
  ///
  /// - Source: torch.Tensor.index_put_
  @discardableResult
  public final func indexPut_(
    _ indices: [Tensor?], _ values: Tensor, accumulate: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { putting(indices, values, accumulate, inPlace: true, file, line) }

  private func putting(
    _ indices: [Tensor?], _ values: Tensor, _ accumulate: Bool, inPlace: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let kinds: [IndexKind] = indices.map {
      $0.map(IndexKind.tensor) ?? .slice(from: nil, to: nil, step: 1)
    }
    if values.dtype != dtype {
      Misuse(
        "indexPut", "values and tensor have different dtypes",
        got: "\(values.dtype.name) into \(dtype.name)", try: "to(.\(dtype.name))"
      ).raise(file: file, line: line)
      return inPlace ? self : .poison
    }
    guard let (view, tensors) = noGrad({ basicPart(kinds, numbersSelect: false, file, line) }),
      view === self,
      tensors.contains(where: { $0 != nil })
    else {
      Misuse("indexPut", "an index tensor is needed", got: "\(indices.count) indices", try: "copy_")
        .raise(file: file, line: line)
      return inPlace ? self : .poison
    }
    return putting(values, at: tensors, accumulate ? .add : .assign, inPlace: inPlace, file, line)
  }

  private func putting(
    _ value: Tensor, at tensors: [Tensor?], _ mode: ScatterMode, inPlace: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let plan = attempt(file: file, line: line) { () throws(Misuse) -> (Advanced, Tensor, [Int]) in
      if inPlace { try Rules.noOverlap("index", self, value, whole: true) }
      let index = try self.advanced(tensors)
      var shape = index.indexShape
      for i in index.order.dropFirst(index.indices.count) { shape.append(self.shape[i]) }
      let order = Tensor.resultOrder(index, dims: shape.count)
      var outer = Shape()
      for d in order { outer.append(shape[d]) }
      let trimmed = value.trimmed(to: outer.count)
      if try Rules.broadcast("index", outer, trimmed.shape) != outer {
        throw Misuse(
          "index", "the value does not broadcast to the part",
          got: "\(value.shape.brackets) into \(outer.brackets)", try: "reshape")
      }
      var inverse = order
      for (i, d) in order.enumerated() { inverse[d] = i }
      return (index, trimmed.expanded(to: outer), inverse)
    }
    guard let (index, values, inverse) = plan else { return inPlace ? self : .poison }
    let isKept = tensors.map { $0 == nil }
    return written(
      "index_put", node: "IndexPutBackward0", inPlace: inPlace, with: TensorList(values),
      saving: TensorList(index.indices), file: file, line: line
    ) { step, g in
      let places = Tensor.places(step, isKept, from: 0)
      if step.needs(0) {
        step.give(0, mode == .add ? g : g.indexPut(places, Tensor.zeros([], dtype: g.dtype)))
      }
      if step.needs(1) { step.give(1, g.indexed(by: places, "", 0)) }
    } write: { target throws(Misuse) in
      let (place, ordered) = noGrad {
        (
          target.permute(index.order),
          (values.storage === target.storage ? values.clone() : values).permute(inverse)
        )
      }
      try place.writeRaw("index", index.indices, ordered, mode)
    }
  }
}
