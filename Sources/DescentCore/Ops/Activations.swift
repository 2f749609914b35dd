// Activations that are linear in pieces or made of exponentials, each one pass over memory. Gradients at
// the kinks are PyTorch's. Floating point only, but for those that say otherwise.

extension Pointwise {
  // One instruction; its slope at 0 is 0, where that of a maximum would be a half.
  static let reluOp = Pointwise(
    "relu", result: .promoted, domain: .numbers,
    gradient: { x, g in pass(g, where: x, notUpTo: .constant(0)) }
  ) { x in maximum(x, .constant(0)) }
  static let leakyReluOp = Pointwise(
    "leaky_relu", result: .promoted, inputs: 1, scalars: 1, domain: .floating,
    scalarsPromote: false,
    gradient: { x, s, g in [leak(g, where: x[0], s[0])] }
  ) { x, s in leak(x[0], where: x[0], s[0]) }
  static let preluOp = Pointwise(
    "prelu", result: .promoted, inputs: 2, scalars: 0, node: "PreluKernelBackward0",
    domain: .floating,
    gradient: { x, _, g in
      [leak(g, where: x[0], x[1]), select(x[0] .> 0, 0, g * x[0])]
    }
  ) { x, _ in leak(x[0], where: x[0], x[1]) }
  static let thresholdOp = Pointwise(
    "threshold", result: .promoted, inputs: 1, scalars: 2, domain: .numbers, scalarsPromote: false,
    gradient: { x, s, g in [pass(g, where: x[0], notUpTo: s[0])] }
  ) { x, s in select(x[0] .<= s[0], s[1], x[0]) }
  static let hardtanhOp = Pointwise(
    "hardtanh", result: .promoted, inputs: 1, scalars: 2, domain: .numbers, scalarsPromote: false,
    gradient: { x, s, g in [pass(g, where: x[0], above: s[0], below: s[1])] }
  ) { x, s in clamp(x[0], s[0], s[1]) }
  static let hardsigmoidOp = Pointwise("hardsigmoid", result: .promoted, domain: .floating) { x in
    Term.apply(.hardsigmoid, x)
  }
  static let hardswishOp = Pointwise("hardswish", result: .promoted, domain: .floating) { x in
    Term.apply(.hardswish, x)
  }
  static let hardshrinkOp = Pointwise(
    "hardshrink", result: .promoted, inputs: 1, scalars: 1, domain: .floating,
    scalarsPromote: false,
    gradient: { x, s, g in [pass(g, where: abs(x[0]), above: s[0])] }
  ) { x, s in pass(x[0], where: abs(x[0]), notUpTo: s[0]) }
  static let softshrinkOp = Pointwise(
    "softshrink", result: .promoted, inputs: 1, scalars: 1, domain: .floating,
    scalarsPromote: false,
    gradient: { x, s, g in [pass(g, where: abs(x[0]), above: s[0])] }
  ) { x, s in Term.apply(.softshrink, x[0], s[0]) }
}

extension Tensor {
  /// Returns max(x, 0). Integers stay.
  ///
  /// - Gradient: g where x > 0, else 0.
  /// - Source: torch.nn.functional.relu
  public final func relu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.reluOp(self, file: file, line: line)
  }

  /// Does `relu` in place.
  ///
  /// - Source: torch.nn.functional.relu_
  @discardableResult
  public final func relu_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.reluOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// Returns min(max(x, 0), 6). Integers stay.
  ///
  /// - Gradient: g where 0 < x < 6, else 0.
  /// - Source: torch.nn.functional.relu6
  public final func relu6(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    hardtanh(minVal: 0, maxVal: 6, file: file, line: line)
  }

  /// Returns x where positive, else negativeSlope x.
  ///
  /// - Gradient: g where x > 0, else negativeSlope g.
  /// - Source: torch.nn.functional.leaky_relu
  public final func leakyRelu(
    negativeSlope: Double = 0.01, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.leakyReluOp.unary(self, ScalarList(.double(negativeSlope)), file: file, line: line)
  }

  /// Does `leakyRelu` in place.
  @discardableResult
  public final func leakyRelu_(
    negativeSlope: Double = 0.01, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.leakyReluOp.applyInPlace(
      TensorList(self), scalars: ScalarList(.double(negativeSlope)), file: file, line: line)
  }

  /// Returns x where positive, else weight x with a learned weight.
  ///
  /// - Parameter weight: one number, or one for each channel (dimension 1).
  /// - Gradient: g where x > 0, else weight g; for the weight x g where x <= 0.
  /// - Source: torch.nn.functional.prelu, He et al. 2015
  public final func prelu(
    _ weight: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let channels = ndim >= 2 ? shape[1] : 1
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if weight.dtype != self.dtype {
        throw Misuse(
          "prelu", "the dtypes differ", got: "\(self.dtype.name) and \(weight.dtype.name)",
          try: "weight.to(.\(self.dtype.name))")
      }
      if weight.ndim > 1 || weight.numel() != 1 && weight.numel() != channels {
        throw Misuse(
          "prelu", "the weight is neither one number nor one for each channel",
          got: "weight \(weight.shape.brackets), input \(self.shape.brackets)",
          try: "a weight of shape [1] or [\(channels)]")
      }
    }
    if checked == nil { return .poison }
    var sizes = [Int](repeating: 1, count: ndim)
    if ndim >= 2 { sizes[1] = weight.numel() }
    let weights = weight.ndim == 0 ? weight : weight.reshape(sizes, file: file, line: line)
    return Pointwise.preluOp(self, weights, file: file, line: line)
  }

  /// Returns x where it is above the threshold, else `value`. Integers stay.
  ///
  /// - Gradient: g where x > threshold, else 0.
  /// - Source: torch.nn.functional.threshold
  public final func threshold(
    _ threshold: some Scalar, _ value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.thresholdOp.unary(
      self, ScalarList(threshold.scalarValue, value.scalarValue), file: file, line: line)
  }

  /// Limits the elements to [minVal, maxVal]. Integers stay.
  ///
  /// - Precondition: minVal <= maxVal.
  /// - Gradient: g strictly between the limits, else 0.
  /// - Source: torch.nn.functional.hardtanh
  public final func hardtanh(
    minVal: Double = -1, maxVal: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard checkLimits("hardtanh", minVal, maxVal, file, line) else { return .poison }
    return Pointwise.hardtanhOp.unary(
      self, ScalarList(.double(minVal), .double(maxVal)), file: file, line: line)
  }

  /// Does `hardtanh` in place.
  @discardableResult
  public final func hardtanh_(
    minVal: Double = -1, maxVal: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard checkLimits("hardtanh_", minVal, maxVal, file, line) else { return self }
    return Pointwise.hardtanhOp.applyInPlace(
      TensorList(self), scalars: ScalarList(.double(minVal), .double(maxVal)), file: file,
      line: line)
  }

  private func checkLimits(
    _ name: String, _ low: Double, _ high: Double, _ file: StaticString, _ line: UInt
  ) -> Bool {
    if low <= high && (dtype != .uint8 || low >= 0) { return true }
    Misuse(
      name, low > high ? "minVal is above maxVal" : "an unsigned tensor has negative limits",
      got: "\(dtype.name), minVal \(low), maxVal \(high)",
      try: "minVal <= maxVal in the dtype's range"
    ).raise(file: file, line: line)
    return false
  }

  /// Returns min(max(x + 3, 0), 6) / 6.
  ///
  /// - Gradient: g / 6 where -3 < x < 3, else 0.
  /// - Source: torch.nn.functional.hardsigmoid
  public final func hardsigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.hardsigmoidOp(self, file: file, line: line)
  }

  /// Returns x min(max(x + 3, 0), 6) / 6.
  ///
  /// - Gradient: 0 up to -3, g (x / 3 + 1 / 2) below 3, g from 3 on.
  /// - Source: torch.nn.functional.hardswish, Howard et al. 2019
  public final func hardswish(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.hardswishOp(self, file: file, line: line)
  }

  /// Returns x where |x| > lambd, else 0.
  ///
  /// - Gradient: g where |x| > lambd, else 0.
  /// - Source: torch.nn.functional.hardshrink
  public final func hardshrink(
    lambd: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.hardshrinkOp.unary(self, ScalarList(.double(lambd)), file: file, line: line)
  }

  /// Moves x towards 0 by lambd, and to 0 where |x| <= lambd.
  ///
  /// - Precondition: lambd >= 0.
  /// - Gradient: g where |x| > lambd, else 0.
  /// - Source: torch.nn.functional.softshrink
  public final func softshrink(
    lambd: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !(lambd >= 0) {
      Misuse("softshrink", "lambd is negative", got: "lambd \(lambd)", try: "0 or more").raise(
        file: file, line: line)
      return .poison
    }
    return Pointwise.softshrinkOp.unary(self, ScalarList(.double(lambd)), file: file, line: line)
  }
}
