// The logarithm of a sum of exponentials, without overflow.

extension Pointwise {
  /// exp(x - m): what is summed, m being the largest element.
  static let shiftedExp = Pointwise("logsumexp", result: .promoted, inputs: 2, scalars: 0) { x, _ in
    exp(x[0] - x[1])
  }
  /// log(s) + m.
  static let shiftedLog = Pointwise("logsumexp", result: .promoted, inputs: 2, scalars: 0) { x, _ in
    log(x[0]) + x[1]
  }
  /// What can be subtracted: infinities count as 0.
  static let finiteShift = Pointwise("logsumexp", result: .promoted, inputs: 1, scalars: 0) {
    x, _ in
    select(abs(x[0]) .== .infinity, 0, x[0])
  }
  static let logsumexpGradient = Pointwise("logsumexp", result: .promoted, inputs: 3, scalars: 0) {
    x, _ in x[0] * exp(x[1] - x[2])
  }
}

extension Tensor {
  /// Returns log(sum(exp(x))) along a dimension. Integers are taken as float32; of no element it is -∞.
  ///
  /// - Gradient: g exp(x - y), NaN where y is infinite and so is x.
  /// - Source: torch.logsumexp
  public final func logsumexp(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { logsumexp(dim: [dim], keepDim: keepDim, file: file, line: line) }

  /// Returns log(sum(exp(x))) along several dimensions; an empty list means all.
  public final func logsumexp(
    dim: [Int], keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("logsumexp", dim, file, line) else { return .poison }
    let source = dtype.isFloatingPoint ? self : to(.float32)
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let target = Tensor.reducedShape(shape, mask, keepDim: keepDim)
    let output = noGrad { source.logsumexp(mask, kept) }
    output.layout = Layout(contiguous: target)
    if recording(source) {
      output.record(
        "LogsumexpBackward0", TensorList(source), saving: TensorList(source, output), file: file,
        line: line
      ) { step, g in
        step.give(
          0,
          Pointwise.logsumexpGradient(
            g.reshape(kept), step.saved(0), step.saved(1).reshape(kept)))
      }
    }
    return output
  }

  private func logsumexp(_ mask: UInt32, _ kept: Shape) -> Tensor {
    if numel() == 0 { return Tensor.full(kept, -Double.infinity, dtype: dtype) }
    let largest = reduced(.max, nil, TensorList(self), over: mask, to: dtype)
    let shift = Pointwise.finiteShift(largest)
    let sum = reduced(
      .sum, Pointwise.shiftedExp.program, TensorList(self, shift), over: mask,
      to: dtype.accumulator)
    return Pointwise.shiftedLog(sum, shift).to(dtype)
  }
}
