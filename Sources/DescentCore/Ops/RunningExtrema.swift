// Running maxima and minima along one dimension.

extension Tensor {
  /// Returns the running maximum along a dimension and where it was found: the last place among equal
  /// ones. From the first NaN on the maximum is NaN.
  ///
  /// - Returns: values of this dtype, indices of int64, both of this shape.
  /// - Gradient: summed into the elements chosen.
  /// - Source: torch.cummax
  public final func cummax(
    dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    runningExtreme("cummax", .max, "CummaxBackward0", dim, file, line)
  }

  /// Returns the running minimum along a dimension and where it was found: the last place among equal
  /// ones. From the first NaN on the minimum is NaN.
  ///
  /// - Returns: values of this dtype, indices of int64, both of this shape.
  /// - Gradient: summed into the elements chosen.
  /// - Source: torch.cummin
  public final func cummin(
    dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    runningExtreme("cummin", .min, "CumminBackward0", dim, file, line)
  }

  private func runningExtreme(
    _ name: String, _ op: Scan, _ node: String, _ dim: Int, _ file: StaticString, _ line: UInt
  ) -> (values: Tensor, indices: Tensor) {
    guard let d = checkedDim(name, dim, file, line) else { return (.poison, .poison) }
    if ndim == 0 { return (clone(), Tensor.zeros([], dtype: .int64)) }
    let values = Tensor(empty: shape, dtype: dtype, device: device)
    let indices = Tensor(empty: shape, dtype: .int64, device: device)
    device.backend.scan(
      ScanCall(op: op, input: inLines(), dim: d, output: values, indices: indices))
    recordChosen(node, values, indices, shape, d, file, line)
    return (values, indices)
  }
}
