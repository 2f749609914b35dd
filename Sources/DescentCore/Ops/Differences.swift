// Differences of neighbours, areas under points, covariance, the cross product.

extension Tensor {
  /// Returns the n-th differences of neighbours along a dimension: x[i + 1] - x[i], n times. bool: xor.
  ///
  /// - Parameters:
  ///   - prepend, append: tensors to be joined before and after along the dimension.
  /// - Precondition: at least one dimension, n at least 0.
  /// - Source: torch.diff
  public final func diff(
    n: Int = 1, dim: Int = -1, prepend: Tensor? = nil, append: Tensor? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      if self.ndim == 0 || n < 0 {
        throw Misuse(
          "diff", "at least one dimension and an order of 0 or more are needed",
          got: "\(self.shape.brackets), n \(n)", try: "unsqueeze(0), or another n")
      }
      return try Rules.dim("diff", dim, of: self.shape)
    }
    guard let d = checked else { return .poison }
    if n == 0 { return clone() }
    let parts = [prepend, self, append].compactMap { $0 }
    var x = parts.count > 1 ? Tensor.cat(parts, dim: d, file: file, line: line) : self
    for _ in 0..<n {
      if x.ndim <= d || x.shape[d] == 0 { break }
      let (later, earlier) = (
        x.narrow(d, 1, x.shape[d] - 1), x.narrow(d, 0, x.shape[d] - 1)
      )
      x = dtype == .bool ? later.logicalXor(earlier) : later - earlier
    }
    return x
  }

  /// Returns the area under points at equal distances dx along a dimension, by trapezoids.
  ///
  /// - Source: torch.trapezoid
  public final func trapezoid(
    dx: Double = 1, dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let d = checkedDim("trapezoid", dim, file, line) else { return .poison }
    if shape.count == 0 || shape[d] == 0 { return sum(dim: d).to(.float32) * 0 }
    return (sum(dim: d) - (select(d, 0) + select(d, shape[d] - 1)) * 0.5) * dx
  }

  /// Returns the area under points at the places `x` (a vector, or of this shape), by trapezoids.
  public final func trapezoid(
    _ x: Tensor, dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (areas, d) = trapezoids("trapezoid", x, dim, file, line) else { return .poison }
    return areas.sum(dim: d) / 2
  }

  /// Returns the areas up to each point at equal distances dx, the first left out.
  ///
  /// - Source: torch.cumulative_trapezoid
  public final func cumulativeTrapezoid(
    dx: Double = 1, dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let d = checkedDim("cumulativeTrapezoid", dim, file, line) else { return .poison }
    let count = Swift.max(shape[d] - 1, 0)
    return (narrow(d, 0, count) + narrow(d, shape[d] - count, count)).cumsum(dim: d) * (dx / 2)
  }

  /// Returns the areas up to each point at the places `x`, the first left out.
  public final func cumulativeTrapezoid(
    _ x: Tensor, dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let (areas, d) = trapezoids("cumulativeTrapezoid", x, dim, file, line) else {
      return .poison
    }
    return areas.cumsum(dim: d) / 2
  }

  /// Twice the areas between neighbours.
  private func trapezoids(
    _ name: String, _ x: Tensor, _ dim: Int, _ file: StaticString, _ line: UInt
  ) -> (Tensor, Int)? {
    guard let d = checkedDim(name, dim, file, line) else { return nil }
    let places =
      x.ndim == 1 && ndim != 1
      ? x.view([-1] + [Int](repeating: 1, count: ndim - 1 - d), file: file, line: line) : x
    let widths = places.diff(dim: x.ndim == 1 && ndim != 1 ? 0 : d, file: file, line: line)
    let count = Swift.max(shape[d] - 1, 0)
    let sums = narrow(d, 0, count) + narrow(d, shape[d] - count, count)
    return (sums.mul(widths, file: file, line: line), d)
  }

  /// Returns the covariance matrix of variables that lie in rows, with observations in columns.
  ///
  /// - Parameters:
  ///   - correction: what is taken from the number of observations in the divisor.
  ///   - fweights: how often each observation was made, integers; aweights: how much each counts.
  /// - Precondition: at most two dimensions; weights are vectors, one for each observation.
  /// - Source: torch.cov
  public final func cov(
    correction: Int = 1, fweights: Tensor? = nil, aweights: Tensor? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let x = dtype.isFloatingPoint ? self : to(.float32)
    let rows = x.ndim < 2 ? x.reshape([1, -1]) : x
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if self.ndim > 2 || self.dtype == .bool {
        throw Misuse(
          "cov", "numbers in at most two dimensions are needed",
          got: "\(self.dtype.name) \(self.shape.brackets)", try: "flatten")
      }
      for (weights, name) in [(fweights, "fweights"), (aweights, "aweights")] {
        guard let weights else { continue }
        let fits = weights.ndim <= 1 && weights.numel() == rows.shape[1]
        if !fits || weights.dtype.isFloatingPoint != (name == "aweights") {
          throw Misuse(
            "cov", "\(name) are a vector with a number for each observation",
            got: "\(weights.dtype.name) \(weights.shape.brackets) for \(rows.shape[1])",
            try: name == "fweights" ? "integers" : "floating-point numbers")
        }
      }
    }
    if checked == nil { return .poison }
    let weights: Tensor? =
      if let fweights, let aweights { fweights * aweights } else { fweights ?? aweights }
    var center: Tensor
    var divisor: Tensor
    if let weights {
      let total = weights.sum()
      center = (rows * weights).sum(dim: 1, keepDim: true) / total
      divisor =
        aweights != nil && correction != 0
        ? total - Double(correction) * (weights * aweights!).sum() / total : total - correction
    } else {
      center = rows.sum(dim: 1, keepDim: true) / rows.shape[1]
      divisor = Tensor.full([], Double(rows.shape[1] - correction), dtype: x.dtype)
    }
    let deviations = rows - center
    let products = deviations.mm((weights.map { deviations * $0 } ?? deviations).t())
    return (products / divisor.clamp(min: 0)).squeeze()
  }

  /// Returns the matrix of the correlation coefficients of variables in rows, within -1 … 1.
  ///
  /// - Source: torch.corrcoef
  public final func corrcoef(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    let c = cov(file: file, line: line)
    if c.ndim == 0 { return c / c }
    let deviations = c.diag().sqrt()
    return (c / deviations.unsqueeze(1) / deviations.unsqueeze(0)).clamp(min: -1, max: 1)
  }

  /// Returns the cross product along a dimension of size 3; the other dimensions broadcast.
  ///
  /// - Gradient: b x g for a, g x a for b.
  /// - Source: torch.linalg.cross
  public final func cross(
    _ other: Tensor, dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try Rules.dim("cross", dim, of: self.shape)
      if self.ndim != other.ndim || self.ndim == 0 || self.shape[d] != 3 || other.shape[d] != 3 {
        throw Misuse(
          "cross", "both operands have size 3 in the dimension, and as many dimensions",
          got: "\(self.shape.brackets) and \(other.shape.brackets), dim \(dim)", try: "another dim")
      }
      return d
    }
    guard let d = checked else { return .poison }
    func turned(_ x: Tensor, _ by: Int) -> Tensor { x.roll([-by], dim: [d]) }
    return turned(self, 1).mul(turned(other, 2), file: file, line: line) - turned(self, 2)
      * turned(other, 1)
  }
}
