// Normalisation of channels over the batch.

extension Pointwise {
  static let moveTowards = Pointwise("moveTowards", inputs: 2, scalars: 1) { x, s in
    x[0] * (1 - s[0]) + x[1] * s[0]
  }
}

extension Tensor {
  /// (x - mean) / √(variance + eps) · weight + bias, with mean and variance of each channel of [N, C, …]
  /// over the batch (`training`) or as given.
  ///
  /// - Parameters:
  ///   - runningMean, runningVar: in training changed to running · (1 - momentum) + batch · momentum, the
  ///     variance with n - 1; in evaluation used in place of the batch's.
  ///   - weight: one number a channel, as `bias`.
  /// - Precondition: `batchNorm: a channel has more than one value in training. Got …`
  /// - Gradient: with x' the normalised values and h = g weight: (h - mean(h) - x' mean(h x')) / σ in
  ///   training, h / σ in evaluation; for weight the sum of g x', for bias that of g.
  /// - Source: torch.nn.functional.batch_norm; Ioffe, Szegedy 2015
  public final func batchNorm(
    _ runningMean: Tensor? = nil, _ runningVar: Tensor? = nil, weight: Tensor? = nil,
    bias: Tensor? = nil, training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if numel() == 0 && isFloatingPoint { return emptyBatchNorm(weight, bias) }
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.hasChannels("batchNorm", self, weight, bias)
      try Rules.runningStatistics("batchNorm", self, runningMean, runningVar, areNeeded: !training)
      if training && self.numel() == self.shape[1] {
        throw Misuse(
          "batchNorm", "a channel has more than one value in training",
          got: "input \(self.shape.brackets)", try: "a larger batch, or training: false")
      }
    }
    if checked == nil { return .poison }
    let plan = Normalization(
      node: "NativeBatchNormBackward0", shape, eps: eps, isChannelsLast: isChannelsLast,
      isGiven: !training)
    let exact = dtype.accumulator
    if !training {
      let statistics = noGrad {
        (
          mean: runningMean!.to(exact).contiguous(),
          rstd: (runningVar!.to(exact) + eps).rsqrt().contiguous()
        )
      }
      return normalized(plan, weight, bias, statistics: statistics, file: file, line: line)
    }
    let tracks = runningMean != nil || runningVar != nil
    let mean = Tensor(empty: [shape[1]], dtype: exact)
    let variance = tracks ? Tensor(empty: [shape[1]], dtype: exact) : nil
    let output = normalized(
      plan, weight, bias, variance: variance, mean: mean, file: file, line: line)
    noGrad {
      runningMean?.moveTowards(mean, momentum)
      if let variance { runningVar?.moveTowards(variance, momentum) }
    }
    return output
  }

  /// Whether the channels lie side by side in memory.
  private final var isChannelsLast: Bool {
    if ndim == 2 || shape.dropFirst(2).allSatisfy({ $0 == 1 }) { return true }
    if layout.isContiguous { return false }
    return layout.permuted([0] + Array(2..<ndim) + [1]).isContiguous
  }

  /// Of no element; the parameters' gradients are 0.
  private final func emptyBatchNorm(_ weight: Tensor?, _ bias: Tensor?) -> Tensor {
    var output = clone()
    if let weight, weight.numel() > 0 { output = output * weight[0] }
    if let bias, bias.numel() > 0 { output = output + bias[0] }
    return output
  }

  /// Running statistics: self · (1 - share) + other · share.
  final func moveTowards(_ other: Tensor, _ share: Double) {
    Pointwise.moveTowards.applyInPlace(
      TensorList(self, other.to(dtype)), scalars: ScalarList(.double(share)))
  }
}
