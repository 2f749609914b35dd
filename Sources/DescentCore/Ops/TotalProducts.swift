// Products of many elements.

extension Tensor {
  /// Returns the product of all elements, 1 of none; integers and bool give int64.
  ///
  /// - Parameter dtype: what the elements are converted to first, and the dtype of the result.
  /// - Gradient: g times the product of the other elements; exact where elements are zero.
  /// - Source: torch.prod
  public final func prod(
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let source = dtype.map { to($0) } ?? self
    return source.product(nil, false, dtype, "ProdBackward0", file, line)
  }

  /// Returns the product along one dimension.
  public final func prod(
    dim: Int, keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard let d = checkedDim("prod", dim, file, line) else { return .poison }
    let source = dtype.map { to($0) } ?? self
    return source.product(d, keepDim, dtype, "ProdBackward1", file, line)
  }

  private func product(
    _ d: Int?, _ keepDim: Bool, _ dtype: DType?, _ node: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let mask = (d.map { 1 << UInt32($0) } ?? ~0) & Tensor.allDims(shape)
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let output = Tensor(
      empty: kept, dtype: dtype ?? (self.dtype.isFloatingPoint ? self.dtype : .int64),
      device: device)
    do throws(Misuse) {
      try device.backend.reduce(
        ReduceCall(
          op: .prod, dtype: self.dtype, shape: shape, dims: mask, inputs: TensorList(self),
          output: output))
    } catch { error.raise(file: file, line: line) }
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    if recording(self) {
      output.record(
        node, TensorList(self), saving: TensorList(self, output), file: file, line: line
      ) { step, g in
        let x = step.saved(0)
        let share = g.reshape(kept)
        if (x .== 0).any().item(as: Bool.self) {
          // Of all elements as one row, or along the dimension.
          let rows = d == nil || x.ndim == 0 ? x.reshape([-1]) : x
          step.give(0, share * rows.productsOfOthers(x.ndim == 0 ? 0 : d ?? 0).reshape(x.shape))
        } else {
          step.give(0, share * (step.saved(1).reshape(kept) / x))
        }
      }
    }
    return output
  }

  /// For each element the product of the others along a dimension: of those before and those after it.
  private func productsOfOthers(_ d: Int) -> Tensor {
    func before(_ x: Tensor) -> Tensor {
      let one = Tensor.ones(Tensor.reducedShape(shape, 1 << UInt32(d), keepDim: true), dtype: dtype)
      return Tensor.cat([one, x.narrow(d, 0, shape[d] - 1)], dim: d).cumprod(dim: d)
    }
    return before(self) * before(flip(d)).flip(d)
  }
}
