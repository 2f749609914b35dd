// Different elements: which there are, how often, and which is where.

extension Tensor {
  /// Returns the different elements in order; without `dim` of the whole tensor, else slices along `dim`.
  ///
  /// Each NaN differs from all others. Slices are compared as rows: by their first elements, then by
  /// the next ones. The result has no gradient.
  /// - Parameter sorted: has no effect: results are always in order, as in PyTorch on the CPU.
  /// - Precondition: with `dim`, no other size is 0.
  /// - Complexity: that of sorting; along a dimension with log2(m) rounds for slices of m elements.
  /// - Source: torch.unique
  public final func unique(
    sorted: Bool = true, dim: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { different("unique", dim, consecutive: false, file, line).values }

  /// Returns the different elements, for each element which of them it is, and how often each occurs.
  ///
  /// - Returns: `inverse` has this tensor's shape, or with `dim` one index a slice; `values[inverse]` is
  ///   the tensor. nil is what was not asked for.
  /// - Source: torch.unique
  public final func unique(
    sorted: Bool = true, returnInverse: Bool, returnCounts: Bool = false, dim: Int? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, inverse: Tensor?, counts: Tensor?) {
    let (values, inverse, counts) = different("unique", dim, consecutive: false, file, line)
    return (values, returnInverse ? inverse() : nil, returnCounts ? counts() : nil)
  }

  /// Returns the first element of each run of equal ones; with `dim` the first slice.
  ///
  /// - Source: torch.unique_consecutive
  public final func uniqueConsecutive(
    dim: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { different("uniqueConsecutive", dim, consecutive: true, file, line).values }

  /// Returns the first element of each run of equal ones, for each element its run, and the lengths.
  ///
  /// - Source: torch.unique_consecutive
  public final func uniqueConsecutive(
    returnInverse: Bool, returnCounts: Bool = false, dim: Int? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (values: Tensor, inverse: Tensor?, counts: Tensor?) {
    let (values, inverse, counts) = different(
      "uniqueConsecutive", dim, consecutive: true, file, line)
    return (values, returnInverse ? inverse() : nil, returnCounts ? counts() : nil)
  }
}

extension Tensor {
  /// Finds the runs of equal elements or slices, in order (or as they come, `consecutive`).
  private func different(
    _ operation: String, _ dim: Int?, consecutive: Bool, _ file: StaticString, _ line: UInt
  ) -> (values: Tensor, inverse: () -> Tensor, counts: () -> Tensor) {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int? in
      guard let dim else { return nil }
      return try Rules.uniqueDim(operation, dim, of: self.shape)
    }
    guard let d = checked else { return (.poison, { .poison }, { .poison }) }
    return noGrad {
      let count = d.map { shape[$0] } ?? numel()
      let inverseShape: Shape = d == nil ? shape : [count]
      if count == 0 {
        let values = Tensor(empty: d == nil ? [0] : shape, dtype: dtype)
        return (
          values, { Tensor.zeros(inverseShape, dtype: .int64) }, { Tensor.zeros(0, dtype: .int64) }
        )
      }
      // Runs in the order of `order`, or of the elements themselves.
      let runs: Tensor
      var order: Tensor?
      if let d {
        let rows = movedim(d, 0).reshape([count, -1])
        if consecutive {
          runs = rows.runsOfRows()
        } else {
          let (sorted, places) = rows.ranksOfRows().sort()
          (runs, order) = (sorted.runs(0), places)
        }
      } else if consecutive {
        runs = ravel().runs(0)
      } else {
        let (sorted, places) = ravel().sort()
        (runs, order) = (sorted.runs(0), places)
      }
      let starts = runs.starts()
      let first = order?.indexSelect(0, starts) ?? starts
      return (
        d.map { indexSelect($0, first) } ?? ravel().indexSelect(0, first),
        {
          noGrad { order.map { Tensor.zerosLike(runs).scatter(0, $0, runs) } ?? runs }
            .reshape(inverseShape)
        },
        {
          noGrad { Tensor.cat([starts.narrow(0, 1, starts.count - 1), Tensor([count])]) - starts }
        }
      )
    }
  }

  /// Where the runs of a vector of run numbers start.
  private func starts() -> Tensor {
    let changes = narrow(0, 1, count - 1) .!= narrow(0, 0, count - 1)
    return Tensor.cat([Tensor.ones(1, dtype: .bool), changes]).nonzero().reshape([-1])
  }

  /// The number of the run of equal rows in which each row of a matrix stands.
  private func runsOfRows() -> Tensor {
    let zero = Tensor.zeros(1, dtype: .int64)
    if shape[0] == 1 { return zero }
    let changes = narrow(0, 1, shape[0] - 1) .!= narrow(0, 0, shape[0] - 1)
    return Tensor.cat([zero, changes.any(dim: 1).cumsum(dim: 0)])
  }

  /// The place of each row of a matrix among the different rows in order; a vector of int64.
  ///
  /// Elements become ranks in their columns; then, until one column is left, the ranks of neighbouring
  /// columns become ranks of their pairs: an order of numbers at every step.
  private func ranksOfRows() -> Tensor {
    var ranks = ranksInColumns()
    while ranks.shape[1] > 1 {
      let pairs = ranks.shape[1] / 2
      let even = ranks.narrow(1, 0, 2 * pairs).reshape([-1, pairs, 2])
      let joined = (even.select(2, 0) * ranks.shape[0] + even.select(2, 1)).ranksInColumns()
      let rest = ranks.narrow(1, 2 * pairs, ranks.shape[1] - 2 * pairs)
      ranks = Tensor.cat([joined, rest], dim: 1)
    }
    return ranks.reshape([-1])
  }

  private func ranksInColumns() -> Tensor {
    let (sorted, places) = sort(dim: 0)
    let runs = sorted.runs(0)
    return Tensor.zerosLike(runs).scatter(0, places, runs)
  }
}

extension Rules {
  /// A dim along which slices can be compared: they have elements, or there are none of them.
  static func uniqueDim(_ operation: String, _ dim: Int, of shape: Shape) throws(Misuse) -> Int {
    let d = try Rules.dim(operation, dim, of: shape)
    let empty = shape.indices.filter { shape[$0] == 0 }
    if shape.count == 0 || empty.contains(where: { $0 != d }) {
      throw Misuse(
        operation, "there are no slices to compare", got: "dim \(dim) of \(shape.brackets)",
        try: "a dim such that all other sizes are 1 and more, or none")
    }
    return d
  }
}
