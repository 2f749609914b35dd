// Reducing into places given by an index: scatterReduce and indexReduce.

/// How `scatterReduce` and `indexReduce` combine the values that meet at one place.
public enum ScatterReduce: String, Sendable, CaseIterable, CustomStringConvertible {
  case sum, prod, mean, amax, amin
  /// PyTorch's text.
  public var description: String { rawValue }
}

extension Tensor {
  /// A copy in which the values of `source` that share a place are reduced there; with `includeSelf`
  /// the tensor's own value takes part.
  ///
  /// Means of integers are rounded down.
  /// - Gradient: sum: gathered; prod: times the product of the others; mean: divided by their number;
  ///   amax and amin: shared by the elements that are equal to the result.
  /// - Source: torch.scatter_reduce
  public final func scatterReduce(
    _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduce, includeSelf: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reducingScattered(
      "scatterReduce", "ScatterReduceBackward0", dim, index, source, reduce,
      includeSelf: includeSelf,
      inPlace: false, file, line)
  }

  /// Reduces the values of `source` into this tensor.
  ///
  /// - Source: torch.Tensor.scatter_reduce_
  @discardableResult
  public final func scatterReduce_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduce, includeSelf: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reducingScattered(
      "scatterReduce", "ScatterReduceBackward0", dim, index, source, reduce,
      includeSelf: includeSelf,
      inPlace: true, file, line)
  }

  /// A copy in which rows of `source` are reduced into the rows of dim that a vector of places names.
  ///
  /// - Source: torch.index_reduce (prod, mean, amax, amin)
  public final func indexReduce(
    _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduce, includeSelf: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reducingRows(dim, index, source, reduce, includeSelf, inPlace: false, file, line)
  }

  /// Reduces rows of `source` into this tensor.
  ///
  /// - Source: torch.Tensor.index_reduce_
  @discardableResult
  public final func indexReduce_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduce, includeSelf: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reducingRows(dim, index, source, reduce, includeSelf, inPlace: true, file, line)
  }

  private func reducingRows(
    _ dim: Int, _ index: Tensor, _ source: Tensor, _ reduce: ScatterReduce, _ includeSelf: Bool,
    inPlace: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    guard let (d, places) = rowPlaces("indexReduce", dim, index, source, file, line) else {
      return inPlace ? self : .poison
    }
    return reducingScattered(
      "indexReduce", "IndexReduceBackward0", d, places, source.shaped(like: places), reduce,
      includeSelf: includeSelf, inPlace: inPlace, file, line)
  }

  // MARK: how

  final func reducingScattered(
    _ operation: String, _ node: String, _ dim: Int, _ index: Tensor, _ source: Tensor,
    _ reduce: ScatterReduce, includeSelf: Bool, inPlace: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    guard let d = scatterDim(operation, dim, index, source, file, line) else {
      return inPlace ? self : .poison
    }
    let sourceShape = source.shape
    let records = recording(self, source)
    let part = !records || source.shape == index.shape ? source : source.corner(index.shape)
    let needsValues = reduce != .sum && reduce != .mean
    // The rule works with the old values, also where they are overwritten.
    let old = records && needsValues && inPlace ? savedCopy() : self
    var saving = TensorList(index)
    if needsValues {
      saving.append(old)
      saving.append(part)
    }
    return written(
      operation, node: node, inPlace: inPlace, with: TensorList(source), saving: saving, file: file,
      line: line
    ) { step, g in
      let index = step.saved(0)
      let parts: (own: Tensor, source: Tensor) =
        switch reduce {
        case .sum: (g, g.gather(d, index))
        case .mean: Tensor.meanGradients(d, index, g, includeSelf)
        case .prod: Tensor.prodGradients(d, index, g, step.saved(1), step.saved(2), includeSelf)
        case .amax, .amin:
          Tensor.extremeGradients(d, index, g, step.saved(1), step.saved(2), reduce, includeSelf)
        }
      if step.needs(0) { step.give(0, includeSelf ? parts.own : parts.own.scatter(d, index, 0)) }
      if step.needs(1) { step.give(1, parts.source.filled(to: sourceShape)) }
    } write: { target throws(Misuse) in
      try target.reduceRaw(operation, reduce, includeSelf, d, index, source, isNew: !inPlace)
    }
  }

  private func reduceRaw(
    _ operation: String, _ reduce: ScatterReduce, _ includeSelf: Bool, _ d: Int, _ index: Tensor,
    _ source: Tensor, isNew: Bool
  ) throws(Misuse) {
    if index.numel() == 0 { return }
    if !includeSelf {
      // Where a source arrives, start from what does not count: for extremes one of the sources.
      let isExtreme = reduce == .amax || reduce == .amin
      let start =
        isExtreme ? source : number(.int(reduce == .prod ? 1 : 0)).expanded(to: index.shape)
      try scatterRaw(operation, .assign, d, index, start, isNew: isNew)
    }
    let mode: ScatterMode =
      switch reduce {
      case .sum, .mean: .add
      case .prod: .multiply
      case .amax: .max
      case .amin: .min
      }
    try scatterRaw(operation, mode, d, index, source, isNew: isNew)
    if reduce != .mean { return }
    let counts = noGrad { Tensor.counts(d, index, shape, dtype, includeSelf) }
    let mean = noGrad {
      dtype.isFloatingPoint ? self / counts : Tensor.flooredQuotientOp(self, counts)
    }
    device.backend.copy(CopyCall(source: mean, destination: self))
  }

  private static let flooredQuotientOp = Pointwise("floor_divide", result: .promoted) { x, y in
    .apply(.floorDiv, x, y)
  }

  /// How many values meet at each place; 1 where none do.
  private static func counts(
    _ d: Int, _ index: Tensor, _ shape: Shape, _ dtype: DType, _ includeSelf: Bool
  ) -> Tensor {
    let start = includeSelf ? ones(shape, dtype: dtype) : zeros(shape, dtype: dtype)
    let counts = start.scatterAdd(d, index, ones(index.shape, dtype: dtype))
    return includeSelf ? counts : `where`(counts .== 0, ones([], dtype: dtype), counts)
  }

  private static func meanGradients(
    _ d: Int, _ index: Tensor, _ g: Tensor, _ includeSelf: Bool
  ) -> (own: Tensor, source: Tensor) {
    let shared = g / counts(d, index, g.shape, g.dtype, includeSelf)
    return (shared, shared.gather(d, index))
  }

  private static func prodGradients(
    _ d: Int, _ index: Tensor, _ g: Tensor, _ old: Tensor, _ source: Tensor, _ includeSelf: Bool
  ) -> (own: Tensor, source: Tensor) {
    func product(_ own: Tensor, _ source: Tensor) -> Tensor {
      own.scatterReduce(d, index, source, reduce: .prod, includeSelf: includeSelf)
    }
    let one = ones([], dtype: g.dtype)
    // The product of the others: the product divided by the element, a zero taken out first.
    let ownNonzero = `where`(old .== 0, one, old)
    let ownGradient = g * product(ownNonzero, source) / ownNonzero
    let isZero = source .== 0
    let zeroCount = zeros(old.shape, dtype: g.dtype).scatterAdd(d, index, isZero.to(g.dtype))
      .gather(d, index)
    let isOnlyZero = `where`(isZero, zeroCount, zeros([], dtype: g.dtype)) .== 1
    let withoutOnly = (g * product(old, `where`(isOnlyZero, one, source))).gather(d, index)
    let quotient = (g * product(old, source)).gather(d, index) / `where`(isZero, one, source)
    return (ownGradient, `where`(isOnlyZero, withoutOnly, quotient))
  }

  private static func extremeGradients(
    _ d: Int, _ index: Tensor, _ g: Tensor, _ old: Tensor, _ source: Tensor,
    _ reduce: ScatterReduce, _ includeSelf: Bool
  ) -> (own: Tensor, source: Tensor) {
    let (isOwn, isSource, sharers) = noGrad {
      let result = old.scatterReduce(d, index, source, reduce: reduce, includeSelf: includeSelf)
      let isOwn = (old .== result).to(g.dtype)
      let isSource = (source .== result.gather(d, index)).to(g.dtype)
      return (isOwn, isSource, isOwn.scatterAdd(d, index, isSource))
    }
    let shared = g / sharers
    return (isOwn * shared, isSource * shared.gather(d, index))
  }

  /// The first places of each dim, as many as `shape` has.
  private func corner(_ shape: Shape) -> Tensor {
    var result = self
    for d in 0..<shape.count where shape[d] != result.shape[d] {
      result = result.narrow(d, 0, shape[d])
    }
    return result
  }

  /// A copy of the value with this tensor's place in the graph.
  private func savedCopy() -> Tensor {
    let copy = noGrad { clone() }
    copy.recordedFn = gradFn
    copy.outputIndex = outputIndex
    return copy
  }
}
