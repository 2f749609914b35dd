// Softmax and its logarithm along one dimension, without overflow.

extension Tensor {
  /// exp(x) / sum(exp(x)) along `dim`.
  ///
  /// - Gradient: y (g - sum(g y)).
  /// - Source: torch.softmax
  public final func softmax(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { softmax("softmax", false, dim, dtype, file, line) }

  /// x - log(sum(exp(x))) along `dim`.
  ///
  /// - Gradient: g - exp(y) sum(g).
  /// - Source: torch.log_softmax
  public final func logSoftmax(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { softmax("logSoftmax", true, dim, dtype, file, line) }

  /// The softmax of -x along `dim`.
  ///
  /// - Source: torch.nn.functional.softmin
  public final func softmin(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { (-(dtype.map { to($0) } ?? self)).softmax(dim: dim, file: file, line: line) }

  private func softmax(
    _ name: String, _ logarithm: Bool, _ dim: Int, _ dtype: DType?, _ file: StaticString,
    _ line: UInt
  ) -> Tensor {
    let source = dtype.map { to($0) } ?? self
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try Rules.floating(name, source.dtype)
      return try Rules.dim(name, dim, of: source.shape)
    }
    guard let d = checked else { return .poison }
    if source.ndim == 0 {
      return source.reshape([1]).softmax(name, logarithm, 0, nil, file, line).reshape(Shape())
    }
    let output = Tensor(empty: source.shape, dtype: source.dtype)
    device.backend.softmax(
      SoftmaxCall(logarithm: logarithm, input: source.inLines(), dim: d, output: output))
    if recording(source) {
      output.record(
        logarithm ? "LogSoftmaxBackward0" : "SoftmaxBackward0", TensorList(source),
        saving: TensorList(output), file: file, line: line
      ) { step, g in
        let y = step.saved(0)
        if GradMode.isEnabled {
          step.give(
            0,
            logarithm
              ? g - y.exp() * g.sum(dim: d, keepDim: true)
              : y * (g - (g * y).sum(dim: d, keepDim: true)))
        } else {
          let result = Tensor(empty: y.shape, dtype: y.dtype)
          y.device.backend.softmaxBackward(
            SoftmaxBackwardCall(
              logarithm: logarithm, gradient: g.inLines(), result: y, dim: d, output: result))
          step.give(0, result)
        }
      }
    }
    return output
  }
}
