// Order: sorting, the largest few.

extension Tensor {
  /// The elements in order along a dimension, and where they came from. Stable; NaN counts as largest.
  ///
  /// - Gradient: back to where the elements came from.
  /// - Source: torch.sort
  public final func sort(
    dim: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    guard let d = checkedDim("sort", dim, file, line) else { return (.poison, .poison) }
    if ndim == 0 { return (clone(), Tensor.zeros([], dtype: .int64)) }
    let values = Tensor(empty: shape, dtype: dtype)
    let indices = Tensor(empty: shape, dtype: .int64)
    device.backend.sort(
      SortCall(descending: descending, input: self, dim: d, values: values, indices: indices))
    recordChosen("SortBackward0", values, indices, shape, d, file, line)
    return (values, indices)
  }

  /// The indices that sort a dimension.
  ///
  /// - Source: torch.argsort
  public final func argsort(
    dim: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { noGrad { sort(dim: dim, descending: descending, file: file, line: line).indices } }

  /// The k largest (or smallest) elements along a dimension, in order; ties by lower index.
  ///
  /// - Gradient: back to where the elements came from.
  /// - Source: torch.topk
  public final func topk(
    _ k: Int, dim: Int = -1, largest: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    guard let d = checkedDim("topk", dim, file, line) else { return (.poison, .poison) }
    if dtype == .bool {
      Misuse("topk", "bool has no order to choose by", got: dtype.name, try: "to(.uint8)").raise(
        file: file, line: line)
      return (.poison, .poison)
    }
    let size = ndim == 0 ? 1 : shape[d]
    if k < 0 || k > size {
      Misuse(
        "topk", "k is out of range for the dimension", got: "k \(k) and shape \(shape.brackets)",
        try: "0 to \(size)"
      ).raise(file: file, line: line)
      return (.poison, .poison)
    }
    if ndim == 0 { return (clone(), Tensor.zeros([], dtype: .int64)) }
    var target = shape
    target[d] = k
    let values = Tensor(empty: target, dtype: dtype)
    let indices = Tensor(empty: target, dtype: .int64)
    device.backend.topk(
      TopkCall(largest: largest, count: k, input: self, dim: d, values: values, indices: indices))
    recordChosen("TopkBackward0", values, indices, target, d, file, line)
    return (values, indices)
  }
}
