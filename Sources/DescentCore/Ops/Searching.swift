// Where values belong in sorted rows.

extension Tensor {
  /// Returns where each value is to be inserted so that the sorted rows of this tensor stay sorted.
  ///
  /// The index i with row[i-1] < value <= row[i]; with `right` row[i-1] <= value < row[i]. NaN belongs at
  /// the end. Rows that are not sorted give indices without a meaning.
  /// - Parameters:
  ///   - values: any shape if this tensor is a vector, else one with its leading sizes; values and rows
  ///     promote to one dtype, not bool.
  ///   - right: whether equal elements stand before the value (`side="right"`).
  ///   - sorter: int64 of this tensor's shape, the indices that sort its rows.
  ///   - outInt32: whether indices are int32.
  /// - Returns: indices of the values' shape, int64 or int32, without gradient.
  /// - Source: torch.searchsorted
  public final func searchsorted(
    _ values: Tensor, right: Bool = false, sorter: Tensor? = nil, outInt32: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inserted("searchsorted", values, right, sorter, outInt32, file, line)
  }

  /// Returns where one number is to be inserted in this sorted vector, 0-d.
  public final func searchsorted(
    _ value: some Scalar, right: Bool = false, sorter: Tensor? = nil, outInt32: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let values = Tensor.full(Shape(), value)
    return inserted("searchsorted", values, right, sorter, outInt32, file, line)
  }

  /// Returns the bucket of each element: where it is to be inserted in the sorted boundaries.
  ///
  /// Bucket i is boundaries[i-1] < x <= boundaries[i]; with `right` boundaries[i-1] <= x < boundaries[i].
  /// - Returns: this tensor's shape, int64 or int32, without gradient.
  /// - Source: torch.bucketize
  public final func bucketize(
    _ boundaries: Tensor, right: Bool = false, outInt32: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if boundaries.ndim != 1 {
      Misuse(
        "bucketize", "the boundaries are no vector", got: boundaries.shape.brackets, try: "ravel()"
      ).raise(file: file, line: line)
      return .poison
    }
    return boundaries.inserted("bucketize", self, right, nil, outInt32, file, line)
  }

  private func inserted(
    _ operation: String, _ values: Tensor, _ right: Bool, _ sorter: Tensor?, _ outInt32: Bool,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let places = attempt(file: file, line: line) { () throws(Misuse) -> Tensor in
      var type = ResultType()
      type.add(self.dtype, dims: self.ndim)
      type.add(values.dtype, dims: values.ndim)
      try Rules.search(operation, self, values, sorter, type.dtype, outInt32)
      let (rows, values) = noGrad { (self.to(type.dtype), values.to(type.dtype)) }
      return try rows.insertionPoints(
        of: values, right: right, sorter: sorter, dtype: outInt32 ? .int32 : .int64)
    }
    return places ?? .poison
  }

  /// Insertion points of checked values, of the same dtype, in the sorted rows of this tensor.
  final func insertionPoints(
    of values: Tensor, right: Bool, sorter: Tensor? = nil, dtype: DType = .int64
  ) throws(Misuse) -> Tensor {
    let output = Tensor(empty: values.shape, dtype: dtype)
    // The sorter is read as the rows are: both without gaps.
    let rows = sorter == nil ? self : contiguous()
    try device.backend.searchsorted(
      SearchCall(
        right: right, sorted: rows, sorter: sorter?.contiguous(), values: values.atLeastOneDim,
        output: output.atLeastOneDim))
    return output
  }
}

extension Rules {
  static func search(
    _ operation: String, _ sorted: Tensor, _ values: Tensor, _ sorter: Tensor?, _ dtype: DType,
    _ outInt32: Bool
  ) throws(Misuse) {
    let (rows, shape) = (sorted.shape, values.shape)
    if dtype == .bool {
      throw Misuse(operation, "bool is not searched", got: "bool", try: "to(.uint8)")
    }
    if rows.count == 0 || rows.count > 1 && rows.dropLast() != shape.dropLast() {
      throw Misuse(
        operation, "the sorted tensor must be a vector, or have the values' leading sizes",
        got: "\(rows.brackets) for values \(shape.brackets)", try: "unsqueeze or expand")
    }
    if let sorter, sorter.shape != rows || sorter.dtype != .int64 {
      throw Misuse(
        operation, "the sorter must be int64 of the sorted tensor's shape",
        got: "\(sorter.dtype.name) \(sorter.shape.brackets) for \(rows.brackets)",
        try: "the indices that sort gives")
    }
    if outInt32 && rows[rows.count - 1] > Int(Int32.max) {
      throw Misuse(
        operation, "the indices do not fit into int32", got: rows.brackets, try: "outInt32: false")
    }
  }
}
