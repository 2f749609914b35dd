// Normalisation over rows, groups and neighbouring channels.

extension Tensor {
  /// (x - mean) / √(variance + eps) · weight + bias, with mean and variance over the last dimensions.
  ///
  /// - Parameters:
  ///   - normalizedShape: the last sizes of the input, which weight and bias have too.
  ///   - eps: added to the variance.
  /// - Precondition: `layerNorm: the input does not end in the normalized shape. Got …`
  /// - Gradient: with x' the normalised values and h = g weight: (h - mean(h) - x' mean(h x')) / σ; for
  ///   weight the sum of g x', for bias that of g.
  /// - Source: torch.nn.functional.layer_norm; Ba, Kiros, Hinton 2016
  public final func layerNorm(
    _ normalizedShape: [Int], _ weight: Tensor? = nil, _ bias: Tensor? = nil, eps: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.normalized("layerNorm", self, Shape(normalizedShape), weight, bias)
    }
    if checked == nil { return .poison }
    let plan = Normalization(
      node: "NativeLayerNormBackward0", shape, last: Shape(normalizedShape), eps: eps)
    return normalized(plan, weight, bias, file: file, line: line)
  }

  /// x / √(mean(x²) + eps) · weight, over the last dimensions.
  ///
  /// - Parameter eps: nil: the smallest step from 1 in the dtype computed in.
  /// - Precondition: `rmsNorm: the input does not end in the normalized shape. Got …`
  /// - Gradient: with x' the normalised values and h = g weight: (h - x' mean(h x')) / rms; for weight the
  ///   sum of g x'.
  /// - Source: torch.nn.functional.rms_norm; Zhang, Sennrich 2019
  public final func rmsNorm(
    _ normalizedShape: [Int], _ weight: Tensor? = nil, eps: Double? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.normalized("rmsNorm", self, Shape(normalizedShape), weight, nil)
    }
    if checked == nil { return .poison }
    let step = dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
    let plan = Normalization(
      node: "FusedRmsNormBackward0", shape, last: Shape(normalizedShape), eps: eps ?? step,
      isCentred: false)
    return normalized(plan, weight, nil, file: file, line: line)
  }

  /// (x - mean) / √(variance + eps) · weight + bias, with mean and variance over groups of the channels
  /// of [N, C, …] and all that follows them.
  ///
  /// - Parameter weight: one number a channel, as `bias`.
  /// - Precondition: `groupNorm: 7 channels do not divide into 2 groups. Got …`
  /// - Gradient: as that of `layerNorm`, over the groups.
  /// - Source: torch.nn.functional.group_norm; Wu, He 2018
  public final func groupNorm(
    _ numGroups: Int, _ weight: Tensor? = nil, _ bias: Tensor? = nil, eps: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.hasChannels("groupNorm", self, weight, bias)
      if numGroups < 1 || self.shape[1] % numGroups != 0 {
        throw Misuse(
          "groupNorm", "\(self.shape[1]) channels do not divide into \(numGroups) groups",
          got: "input \(self.shape.brackets)", try: "a divisor of \(self.shape[1])")
      }
    }
    if checked == nil { return .poison }
    let plan = Normalization(node: "NativeGroupNormBackward0", shape, groups: numGroups, eps: eps)
    return normalized(plan, weight, bias, file: file, line: line)
  }

  /// (x - mean) / √(variance + eps) · weight + bias, with mean and variance of each channel of each sample
  /// of [N, C, …].
  ///
  /// - Parameters:
  ///   - runningMean, runningVar: changed by `momentum` towards the batch's mean of the statistics if
  ///     `useInputStats`, else used in their place.
  ///   - weight: one number a channel, as `bias`.
  /// - Precondition: `instanceNorm: a channel has more than one value …`
  /// - Gradient: as that of `layerNorm`, over the channels; without `useInputStats` that of `batchNorm`.
  /// - Source: torch.nn.functional.instance_norm; Ulyanov, Vedaldi, Lempitsky 2016
  public final func instanceNorm(
    _ runningMean: Tensor? = nil, _ runningVar: Tensor? = nil, weight: Tensor? = nil,
    bias: Tensor? = nil, useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.hasChannels("instanceNorm", self, weight, bias)
      try Rules.runningStatistics(
        "instanceNorm", self, runningMean, runningVar, areNeeded: !useInputStats)
      if useInputStats && self.shape.dropFirst(2).reduce(1, *) == 1 {
        throw Misuse(
          "instanceNorm", "a channel has more than one value in training",
          got: "input \(self.shape.brackets)", try: "a larger input, or useInputStats: false")
      }
    }
    if checked == nil { return .poison }
    if !useInputStats {
      return batchNorm(
        runningMean, runningVar, weight: weight, bias: bias, training: false, eps: eps, file: file,
        line: line)
    }
    if runningMean != nil || runningVar != nil {
      noGrad {
        let (variance, mean) = detach().varMean(dim: Array(2..<ndim))
        runningMean?.moveTowards(mean.mean(dim: 0), momentum)
        runningVar?.moveTowards(variance.mean(dim: 0), momentum)
      }
    }
    let plan = Normalization(node: "NativeGroupNormBackward0", shape, groups: shape[1], eps: eps)
    return normalized(plan, weight, bias, file: file, line: line)
  }

  /// x / (k + alpha · mean(x²))^beta, the mean over `size` neighbouring channels of [N, C, …]; channels
  /// beyond the first and the last count as 0.
  ///
  /// - Gradient: that of the operations it is made of.
  /// - Source: torch.nn.functional.local_response_norm; Krizhevsky, Sutskever, Hinton 2012
  public final func localResponseNorm(
    _ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("localResponseNorm", self.dtype)
      if self.ndim < 3 || size < 1 {
        throw Misuse(
          "localResponseNorm", "an input [N, C, …] of 3 dims or more and a size from 1 are needed",
          got: "input \(self.shape.brackets), size \(size)", try: "unsqueeze(0)")
      }
    }
    if checked == nil { return .poison }
    if numel() == 0 { return self }
    let squares = square()
    var before = shape
    var after = shape
    before[1] = size / 2
    after[1] = (size - 1) / 2
    let padded = Tensor.cat(
      [
        Tensor.zeros(before, dtype: dtype), squares,
        Tensor.zeros(after, dtype: dtype),
      ],
      dim: 1)
    let mean = padded.unfold(1, size, 1).mean(dim: -1)
    return div((mean * alpha + k).pow(beta), file: file, line: line)
  }
}

extension Rules {
  /// The parameters have the input's dtype, or are float32 beside halves.
  private static func parameter(
    _ operation: String, _ input: Tensor, _ parameter: Tensor?, _ name: String, _ shape: Shape
  ) throws(Misuse) {
    guard let parameter else { return }
    if parameter.shape != shape {
      throw Misuse(
        operation, "the \(name) has the wrong shape",
        got: "\(parameter.shape.brackets) for input \(input.shape.brackets)",
        try: "a \(name) of shape \(shape.brackets)")
    }
    if parameter.dtype != input.dtype && parameter.dtype != input.dtype.accumulator {
      throw Misuse(
        operation, "input and \(name) have different dtypes",
        got: "\(input.dtype.name) and \(parameter.dtype.name)", try: "to(.\(input.dtype.name))")
    }
  }

  static func normalized(
    _ operation: String, _ input: Tensor, _ last: Shape, _ weight: Tensor?, _ bias: Tensor?
  ) throws(Misuse) {
    try floating(operation, input.dtype)
    if last.count == 0 {
      throw Misuse(
        operation, "the normalized shape has no dimension", got: "[]",
        try: "[\(input.shape.last ?? 1)]")
    }
    if !input.shape.suffix(last.count).elementsEqual(last) {
      throw Misuse(
        operation, "the input does not end in the normalized shape",
        got: "input \(input.shape.brackets), normalized shape \(last.brackets)",
        try: "the last sizes of the input")
    }
    try parameter(operation, input, weight, "weight", last)
    try parameter(operation, input, bias, "bias", last)
  }

  static func hasChannels(
    _ operation: String, _ input: Tensor, _ weight: Tensor?, _ bias: Tensor?
  ) throws(Misuse) {
    try floating(operation, input.dtype)
    if input.ndim < 2 {
      throw Misuse(
        operation, "the input has no channels", got: "input \(input.shape.brackets)",
        try: "[N, C, …]")
    }
    try parameter(operation, input, weight, "weight", [input.shape[1]])
    try parameter(operation, input, bias, "bias", [input.shape[1]])
  }

  static func runningStatistics(
    _ operation: String, _ input: Tensor, _ mean: Tensor?, _ variance: Tensor?, areNeeded: Bool
  ) throws(Misuse) {
    if areNeeded && (mean == nil || variance == nil) {
      throw Misuse(
        operation, "evaluation needs the running mean and the running variance", got: "none",
        try: "both, or training")
    }
    try parameter(operation, input, mean, "running mean", [input.shape[1]])
    try parameter(operation, input, variance, "running variance", [input.shape[1]])
  }
}
