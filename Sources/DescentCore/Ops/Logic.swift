// Truth of many elements.

extension Tensor {
  /// Returns whether any element is not zero; false of none. NaN is not zero.
  ///
  /// - Returns: bool, uint8 for uint8.
  /// - Source: torch.any
  public final func any() -> Tensor { truth(.any, Tensor.allDims(shape), false) }

  /// Returns whether any element along a dimension is not zero.
  public final func any(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { any(dim: [dim], keepDim: keepDim, file: file, line: line) }

  /// Returns whether any element along several dimensions is not zero; an empty list means all.
  public final func any(
    dim: [Int], keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("any", dim, file, line) else { return .poison }
    return truth(.any, mask, keepDim)
  }

  /// Returns whether no element is zero; true of none. NaN is not zero.
  ///
  /// - Returns: bool, uint8 for uint8.
  /// - Source: torch.all
  public final func all() -> Tensor { truth(.all, Tensor.allDims(shape), false) }

  /// Returns whether no element along a dimension is zero.
  public final func all(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { all(dim: [dim], keepDim: keepDim, file: file, line: line) }

  /// Returns whether no element along several dimensions is zero; an empty list means all.
  public final func all(
    dim: [Int], keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("all", dim, file, line) else { return .poison }
    return truth(.all, mask, keepDim)
  }

  private func truth(_ op: Reduction, _ mask: UInt32, _ keepDim: Bool) -> Tensor {
    let output = Tensor.reduced(
      op, nil, TensorList(self), of: shape, over: mask, in: .bool,
      to: dtype == .uint8 ? .uint8 : .bool)
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    return output
  }
}
