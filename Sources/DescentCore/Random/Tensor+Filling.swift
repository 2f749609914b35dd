// In-place random numbers. Elements are drawn in the order in which they lie in memory, as in PyTorch.

extension Tensor {
  /// Fills with uniform numbers in [low, high).
  ///
  /// float32 takes 24 random bits an element, float64 53; u (high - low) + low is one fused operation.
  /// - Gradient: 0 for the old value.
  /// - Source: torch.Tensor.uniform_
  @discardableResult
  public final func uniform_(
    _ low: Double = 0, _ high: Double = 1, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    fill("uniform", .uniform(low: low, high: high), generator, file, line) { () throws(Misuse) in
      try Rules.floating("uniform_", dtype)
      try Rules.parameter(
        "uniform_", low <= high, "the bounds are not in order", "\(low) and \(high)", "low <= high")
    }
  }

  /// Fills with normal numbers.
  ///
  /// From 16 contiguous elements on they are drawn in blocks of 16, otherwise in pairs in double
  /// precision, of which the generator keeps the second.
  /// - Gradient: 0 for the old value.
  /// - Source: torch.Tensor.normal_
  @discardableResult
  public final func normal_(
    mean: Double = 0, std: Double = 1, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    fill(
      "normal", .normal(mean: mean, std: std, serial: !isContiguous), generator, file, line
    ) { () throws(Misuse) in
      try Rules.floating("normal_", dtype)
      try Rules.parameter(
        "normal_", std >= 0, "the standard deviation is negative", "std \(std)", "std >= 0")
    }
  }

  /// Fills with integers: all that the dtype represents exactly and are not negative.
  ///
  /// 0 to 2⁶³ - 1 for int64, to the largest value for other integers, 0 or 1 for bool, to 2²⁴ for float32
  /// and 2⁵³ for float64.
  /// - Source: torch.Tensor.random_
  @discardableResult
  public final func random_(
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    fill("random", .unbounded, generator, file, line) { () throws(Misuse) in }
  }

  /// Fills with integers in [0, high).
  @discardableResult
  public final func random_(
    _ high: Int, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    random_(0, high, generator: generator, file: file, line: line)
  }

  /// Fills with integers in [low, high).
  ///
  /// - Precondition: `random_: the range is empty. Got 5 and 5. Try low < high.`
  @discardableResult
  public final func random_(
    _ low: Int, _ high: Int, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let range = UInt(bitPattern: high &- low)
    return fill("random", .integers(low: low, range: range), generator, file, line) {
      () throws(Misuse) in try Rules.integerRange("random_", low, high, dtype)
    }
  }

  /// Fills with 1 with probability p, otherwise 0.
  ///
  /// - Source: torch.Tensor.bernoulli_
  @discardableResult
  public final func bernoulli_(
    _ p: Double = 0.5, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    fill("bernoulli", .bernoulli(p), generator, file, line) { () throws(Misuse) in
      try Rules.probability("bernoulli_", p)
    }
  }

  /// Fills with 1 with the probability that a tensor gives for each element, broadcast.
  ///
  /// - Precondition: probabilities are floating point and in [0, 1].
  @discardableResult
  public final func bernoulli_(
    _ p: Tensor, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("bernoulli_", p.dtype)
      if try Rules.broadcast("bernoulli_", shape, p.shape) != shape {
        throw Misuse(
          "bernoulli_", "the probabilities do not broadcast to the tensor",
          got: "\(p.shape.brackets) for \(shape.brackets)", try: "expand or reshape")
      }
      if p.numel() > 0, !(p.least >= 0 && p.largest <= 1) {
        throw Misuse(
          "bernoulli_", "a probability is not in [0, 1]", got: "\(p.least) to \(p.largest)",
          try: "sigmoid or clamp")
      }
    }
    if checked == nil { return self }
    let order = orderInMemory
    let probabilities = noGrad {
      let own = p.dtype == .float64 ? p.detach() : p.detach().to(.float32)
      return own.expanded(to: shape).permuted(order).contiguous()
    }
    return fill("bernoulli", .bernoulliEach(probabilities), generator, file, line) {
      () throws(Misuse) in
    }
  }

  /// Fills with exponential numbers: density lambda exp(-lambda x).
  ///
  /// - Source: torch.Tensor.exponential_
  @discardableResult
  public final func exponential_(
    _ lambda: Double = 1, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    fill("exponential", .exponential(lambda), generator, file, line) { () throws(Misuse) in
      try Rules.floating("exponential_", dtype)
      try Rules.parameter(
        "exponential_", lambda > 0, "the rate is not positive", "lambda \(lambda)", "lambda > 0")
    }
  }

  /// Fills with the number of trials up to the first success: p (1 - p)^(k - 1) for k = 1, 2, …
  ///
  /// - Source: torch.Tensor.geometric_
  @discardableResult
  public final func geometric_(
    _ p: Double, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    fill("geometric", .geometric(p), generator, file, line) { () throws(Misuse) in
      try Rules.parameter("geometric_", p > 0 && p < 1, "p is not in (0, 1)", "p \(p)", "0 < p < 1")
    }
  }

  /// Fills with Cauchy's distribution around `median` with half width `sigma`.
  ///
  /// - Source: torch.Tensor.cauchy_
  @discardableResult
  public final func cauchy_(
    median: Double = 0, sigma: Double = 1, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    fill("cauchy", .cauchy(median: median, sigma: sigma), generator, file, line) {
      () throws(Misuse) in
      try Rules.floating("cauchy_", dtype)
      try Rules.parameter(
        "cauchy_", sigma > 0, "sigma is not positive", "sigma \(sigma)", "sigma > 0")
    }
  }

  /// Fills with exp of normal numbers.
  ///
  /// - Source: torch.Tensor.log_normal_
  @discardableResult
  public final func logNormal_(
    mean: Double = 1, std: Double = 2, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    fill("logNormal", .logNormal(mean: mean, std: std), generator, file, line) {
      () throws(Misuse) in
      try Rules.floating("logNormal_", dtype)
      try Rules.parameter(
        "logNormal_", std > 0, "the standard deviation is not positive", "std \(std)", "std > 0")
    }
  }

  // MARK: the fill itself

  /// Checks, draws in memory order, and counts the change.
  private func fill(
    _ name: String, _ distribution: RandomCall.Distribution, _ generator: Generator?,
    _ file: StaticString, _ line: UInt, check: () throws(Misuse) -> Void
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try check()
      try Rules.writable(name, self)
    }
    if checked == nil { return self }
    let records = recording(self)
    let memory = Tensor(storage: storage, layout: layout.permuted(orderInMemory), dtype: dtype)
    let isInOrder = memory.isContiguous
    let target = isInOrder ? memory : Tensor(empty: memory.shape, dtype: dtype, device: device)
    do throws(Misuse) {
      try device.backend.random(
        RandomCall(
          distribution: distribution, generator: generator ?? .default, output: target))
    } catch {
      error.named(name + "_").raise(file: file, line: line)
      return self
    }
    if !isInOrder { device.backend.copy(CopyCall(source: target, destination: memory)) }
    didChange(name + "_", file, line)
    if records {
      let node = RuleNode(
        name.prefix(1).uppercased() + name.dropFirst() + "Backward0", output: self,
        edges: EdgeList(self), file: file, line: line
      ) { step, g in step.give(0, Tensor.zeros(g.shape, dtype: g.dtype)) }
      rebase(onto: node)
    }
    return self
  }

  /// The dims from the largest stride to the smallest.
  var orderInMemory: [Int] {
    if isContiguous { return Array(0..<ndim) }
    // Swift's sort keeps equal elements in order.
    return (0..<ndim).sorted { layout.strides[$0].magnitude > layout.strides[$1].magnitude }
  }

  /// The least element as a number; NaN if there is one.
  var least: Double { extreme(.min) }
  /// The largest element as a number; NaN if there is one.
  var largest: Double { extreme(.max) }

  private func extreme(_ op: Reduction) -> Double {
    let output = Tensor(empty: Shape(repeating: 1, count: ndim), dtype: dtype)
    do throws(Misuse) {
      try device.backend.reduce(
        ReduceCall(
          op: op, dtype: dtype, shape: shape, dims: (1 << UInt32(ndim)) - 1,
          inputs: TensorList(self), output: output))
    } catch { return .nan }
    return output.element(0)
  }
}

extension Rules {
  /// A condition on a number of the call.
  static func parameter(
    _ operation: String, _ isFine: Bool, _ problem: String, _ got: String, _ remedy: String
  ) throws(Misuse) {
    if !isFine { throw Misuse(operation, problem, got: got, try: remedy) }
  }

  static func probability(_ operation: String, _ p: Double) throws(Misuse) {
    try parameter(
      operation, p >= 0 && p <= 1, "the probability is not in [0, 1]", "\(p)", "0 <= p <= 1")
  }

  /// A range of integers that is not empty and fits the dtype.
  static func integerRange(
    _ operation: String, _ low: Int, _ high: Int, _ dtype: DType
  ) throws(Misuse) {
    try parameter(operation, low < high, "the range is empty", "\(low) and \(high)", "low < high")
    let bounds: ClosedRange<Int>
    switch dtype {
    case .bool: bounds = 0...1
    case .uint8: bounds = 0...255
    case .int8: bounds = -128...127
    case .int16: bounds = Int(Int16.min)...Int(Int16.max)
    case .int32: bounds = Int(Int32.min)...Int(Int32.max)
    case .float16: bounds = -65504...65504
    case .int64, .bfloat16, .float32, .float64: return
    }
    if !bounds.contains(low) || !bounds.contains(high - 1) {
      throw Misuse(
        operation, "the range leaves what \(dtype.name) can hold", got: "\(low) to \(high - 1)",
        try: "a wider dtype")
    }
  }
}
