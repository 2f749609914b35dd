// Running sums and products.

extension Tensor {
  /// The running sum along a dimension; integers and bool give int64.
  ///
  /// - Gradient: the running sum of g from the end.
  /// - Source: torch.cumsum
  public final func cumsum(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let source = dtype.map { to($0) } ?? (self.dtype.isFloatingPoint ? self : to(.int64))
    guard let d = checkedDim("cumsum", dim, file, line) else { return .poison }
    if source.ndim == 0 { return source.clone() }
    let output = Tensor(empty: source.shape, dtype: source.dtype)
    device.backend.scan(ScanCall(op: .sum, input: source, dim: d, output: output, indices: nil))
    if recording(source) {
      output.record("CumsumBackward0", TensorList(source), file: file, line: line) { step, g in
        // The sum from the end: total - running + own.
        step.give(0, g.sum(dim: d, keepDim: true) - g.cumsum(dim: d) + g)
      }
    }
    return output
  }
}
