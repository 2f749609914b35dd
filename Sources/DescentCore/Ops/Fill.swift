// Filling a tensor in place.

extension Pointwise {
  static let fillOp = Pointwise(
    "fill", result: .promoted, inputs: 1, scalars: 1, node: "FillBackward2", scalarsPromote: false
  ) { _, s in Term.apply(.copy, s[0]) }
  static let zeroOp = Pointwise(
    "zero", result: .promoted, inputs: 1, scalars: 1, scalarsPromote: false
  ) { _, s in Term.apply(.copy, s[0]) }
  static let fillTensorOp = Pointwise(
    "fill", result: .promoted, inputs: 2, scalars: 0, node: "FillBackward3"
  ) { x, _ in Term.apply(.copy, x[1]) }
}

extension Tensor {
  /// Sets every element to a number, converted to the dtype.
  ///
  /// - Gradient: 0 for the old elements.
  /// - Source: torch.Tensor.fill_
  @discardableResult
  public final func fill_(
    _ value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.fillOp.applyInPlace(
      TensorList(self), scalars: ScalarList(value.scalarValue), file: file, line: line)
  }

  /// Sets every element to that of a 0-d tensor.
  ///
  /// - Gradient: 0 for the old elements, the sum of g for `value`.
  @discardableResult
  public final func fill_(
    _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if value.ndim != 0 {
      Misuse(
        "fill_", "the value has dimensions", got: value.shape.brackets,
        try: "a number, a 0-d tensor, or copy_"
      ).raise(file: file, line: line)
      return self
    }
    return Pointwise.fillTensorOp.applyInPlace(
      TensorList(self, value.to(dtype)), file: file, line: line)
  }

  /// Sets every element to 0.
  ///
  /// - Source: torch.Tensor.zero_
  @discardableResult
  public final func zero_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.zeroOp.applyInPlace(
      TensorList(self), scalars: ScalarList(.int(0)), file: file, line: line)
  }
}
