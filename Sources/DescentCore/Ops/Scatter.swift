// Writing to and reading from places given by an index along one dimension.

extension Tensor {
  /// Adds each element of `source` at the place that `index` gives in `dim`; equal places add up, in
  /// the order of the index.
  ///
  /// - Source: torch.Tensor.scatter_add_
  @discardableResult
  public final func scatterAdd_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    do throws(Misuse) {
      try device.backend.scatter(
        ScatterCall(
          mode: .add, target: self, dim: dim, index: index, source: source, operation: "scatterAdd_"))
    } catch { error.raise(file: file, line: line) }
    didChange("scatterAdd_", file, line)
    return self
  }
}
