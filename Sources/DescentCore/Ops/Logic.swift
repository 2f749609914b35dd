// Truth of many elements.

extension Tensor {
  /// Whether any element is not zero.
  ///
  /// - Source: torch.any
  public final func any() -> Tensor { truth(.any, Tensor.allDims(shape), false) }

  public final func any(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("any", [dim], file, line) else { return .poison }
    return truth(.any, mask, keepDim)
  }

  /// Whether no element is zero.
  ///
  /// - Source: torch.all
  public final func all() -> Tensor { truth(.all, Tensor.allDims(shape), false) }

  public final func all(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("all", [dim], file, line) else { return .poison }
    return truth(.all, mask, keepDim)
  }

  private func truth(_ op: Reduction, _ mask: UInt32, _ keepDim: Bool) -> Tensor {
    let output = Tensor(
      empty: Tensor.reducedShape(shape, mask, keepDim: true), dtype: dtype == .uint8 ? .uint8 : .bool)
    do throws(Misuse) {
      try device.backend.reduce(
        ReduceCall(op: op, dtype: .bool, shape: shape, dims: mask, inputs: TensorList(self), output: output))
    } catch { error.raise(file: "", line: 0) }
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    return output
  }
}
