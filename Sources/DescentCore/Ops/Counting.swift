// How many elements fall where.

extension Tensor {
  /// Counts the elements in bins of one width from `min` to `max`; the last bin includes its end.
  ///
  /// Elements outside and NaN are not counted. Equal ends mean the smallest and the largest element; if
  /// these are equal too, 1 is taken from one and added to the other.
  /// - Returns: `bins` counts in this tensor's dtype, without gradient.
  /// - Precondition: floating point, bins > 0, finite ends, min <= max.
  /// - Source: torch.histc
  public final func histc(
    bins: Int = 100, min: some Scalar = 0, max: some Scalar = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    noGrad {
      let ends = attempt(file: file, line: line) { () throws(Misuse) in
        try self.histogramEnds(bins, min.scalarValue.double, max.scalarValue.double)
      }
      guard let (low, high) = ends else { return .poison }
      let x = ravel()
      let isInside = (x .>= low).logicalAnd(x .<= high)
      let place = (x - low) * bins / (high - low)
      let bin = Tensor.where(isInside, place, 0).to(.int64).clamp(max: bins - 1)
      return Tensor.zeros(bins, dtype: .int64).scatterAdd(0, bin, isInside.to(.int64)).to(dtype)
    }
  }

  /// The first and the last edge, 0-d in this tensor's dtype.
  private func histogramEnds(
    _ bins: Int, _ min: Double, _ max: Double
  ) throws(Misuse) -> (low: Tensor, high: Tensor) {
    try Rules.floating("histc", dtype)
    if bins < 1 || min > max {
      throw Misuse(
        "histc", bins < 1 ? "there are no bins" : "max is smaller than min",
        got: "bins \(bins), min \(min), max \(max)", try: "bins > 0 and min <= max")
    }
    var (low, high) = (
      Tensor.full(Shape(), min, dtype: dtype), Tensor.full(Shape(), max, dtype: dtype)
    )
    if min == max && numel() > 0 { (low, high) = (self.min(), self.max()) }
    if low.item() == high.item() { (low, high) = (low - 1, high + 1) }
    if !low.item().isFinite || !high.item().isFinite {
      throw Misuse(
        "histc", "the range is not finite", got: "\(low.item()) to \(high.item())",
        try: "finite min and max")
    }
    return (low, high)
  }

  /// Counts how often each of 0, 1, 2, … occurs in a vector, or adds up the weights of its occurrences.
  ///
  /// - Parameters:
  ///   - weights: one number an element.
  ///   - minLength: the least size of the result.
  /// - Returns: largest element + 1 sums, int64; with weights float32 for such, else float64. Without
  ///   gradient.
  /// - Precondition: a vector of integers from 0 up.
  /// - Source: torch.bincount
  public final func bincount(
    weights: Tensor? = nil, minLength: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    noGrad {
      let counted = attempt(file: file, line: line) { () throws(Misuse) -> Tensor in
        try Rules.bincount(self, weights, minLength)
        let largest = self.numel() == 0 ? -1 : self.max().item(as: Int.self)
        let type: DType =
          weights == nil || self.numel() == 0
          ? .int64 : weights?.dtype == .float32 ? .float32 : .float64
        let counts = Tensor.zeros(Swift.max(largest + 1, minLength), dtype: type)
        let each = weights?.to(type) ?? Tensor.ones(1, dtype: type).expanded(to: self.shape)
        do throws(Misuse) {
          try counts.scatterRaw("bincount", .add, 0, self, each, isNew: true)
        } catch {
          // Counting finds elements below 0 by itself.
          throw self.min().item(as: Int.self) < 0 ? Rules.uncountable(self) : error
        }
        return counts
      }
      return counted ?? .poison
    }
  }
}

extension Rules {
  static func uncountable(_ x: Tensor) -> Misuse {
    Misuse(
      "bincount", "a vector of integers from 0 up is needed",
      got: "\(x.dtype.name) \(x.shape.brackets)", try: "ravel() or to(.int64)")
  }

  static func bincount(_ x: Tensor, _ weights: Tensor?, _ minLength: Int) throws(Misuse) {
    if !x.dtype.isInteger || x.ndim != 1 { throw uncountable(x) }
    if let weights, weights.shape != x.shape {
      throw Misuse(
        "bincount", "there must be one weight an element",
        got: "\(weights.shape.brackets) for \(x.shape.brackets)", try: "weights of the same size")
    }
    if minLength < 0 {
      throw Misuse("bincount", "minLength is negative", got: "\(minLength)", try: "0")
    }
  }
}
