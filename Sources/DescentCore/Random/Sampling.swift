// Samples whose probabilities are given by a tensor.

extension Tensor {
  /// 1 with the probability that each element gives, otherwise 0; of the same dtype.
  ///
  /// - Gradient: 0.
  /// - Source: torch.bernoulli
  public final func bernoulli(
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let output = Tensor(empty: layout.preserved, dtype: dtype)
    output.bernoulli_(self, generator: generator, file: file, line: line)
    output.storage.version = 0
    if recording(self) {
      output.record("BernoulliBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, Tensor.zeros(g.shape, dtype: g.dtype))
      }
    }
    return output
  }

  /// Draws category numbers with probabilities proportional to weights: [n] gives [samples],
  /// [rows, n] gives [rows, samples], int64.
  ///
  /// With replacement each sample is found in the cumulative weights. Without, the categories of the
  /// largest weight / exponential number are taken: Efraimidis and Spirakis, "Weighted random
  /// sampling", 2006.
  /// - Precondition: weights are floating point, finite, not negative and not all 0 in a row; without
  ///   replacement no more samples than categories.
  /// - Source: torch.multinomial
  public final func multinomial(
    _ samples: Int, replacement: Bool = false, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("multinomial", dtype)
      try Rules.parameter(
        "multinomial", ndim == 1 || ndim == 2, "weights have 1 or 2 dimensions", shape.brackets,
        "reshape")
      try Rules.parameter(
        "multinomial", samples > 0, "the number of samples is not positive", "\(samples)",
        "1 or more")
      try Rules.parameter(
        "multinomial", replacement || samples <= shape[-1],
        "more samples than categories without replacement", "\(samples) of \(shape[-1])",
        "replacement: true")
      try Rules.parameter(
        "multinomial", shape[-1] > 0, "there is no category", shape.brackets, "weights")
      if numel() == 0 { return }
      try Rules.parameter(
        "multinomial", least >= 0 && largest < .infinity,
        "a weight is negative, infinite or NaN", "\(least) to \(largest)", "softmax or clamp")
      let sums = noGrad { detach().sum(mask: 1 << UInt32(ndim - 1), keepDim: false) }
      try Rules.parameter(
        "multinomial", sums.least > 0, "the weights of a row sum to 0", "\(sums.least)",
        "a positive weight")
    }
    if checked == nil { return .poison }
    let weights = detach().contiguous()
    if replacement && samples > 1 {
      return sampleWithReplacement(weights, samples, generator ?? .default, file, line)
    }
    let keys = noGrad {
      weights / Tensor.emptyLike(weights).exponential_(1, generator: generator)
    }
    var target = shape
    target[-1] = samples
    let indices = Tensor(empty: target, dtype: .int64)
    if samples == 1 {
      do throws(Misuse) {
        try device.backend.argReduce(
          ArgReduceCall(
            largest: true, input: keys, dims: 1 << UInt32(ndim - 1), values: nil, indices: indices))
      } catch { error.raise(file: file, line: line) }
    } else {
      device.backend.topk(
        TopkCall(
          largest: true, count: samples, input: keys, dim: ndim - 1,
          values: Tensor(empty: target, dtype: dtype), indices: indices))
    }
    return indices
  }

  private func sampleWithReplacement(
    _ weights: Tensor, _ samples: Int, _ generator: Generator, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let rows = ndim == 2 ? shape[0] : 1
    let indices = Tensor(empty: [rows, samples], dtype: .int64)
    do throws(Misuse) {
      try device.backend.random(
        RandomCall(
          distribution: .multinomial(weights: weights), generator: generator, output: indices))
    } catch { error.named("multinomial").raise(file: file, line: line) }
    if ndim == 1 { indices.layout = Layout(contiguous: [samples]) }
    return indices
  }

  /// Numbers of events with the rates that the elements give; of the same dtype.
  ///
  /// Small rates multiply uniform numbers; from 10 on transformed rejection: Hörmann, "The transformed
  /// rejection method for generating Poisson random variables", 1993.
  /// - Precondition: `poisson: a rate is negative. …`
  /// - Gradient: 0.
  /// - Source: torch.poisson
  public final func poisson(
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("poisson", dtype)
      if numel() > 0 {
        try Rules.parameter("poisson", least >= 0, "a rate is negative", "\(least)", "exp or clamp")
      }
    }
    if checked == nil { return .poison }
    let rates = detach().contiguous()
    let output = Tensor(empty: shape, dtype: dtype, device: device)
    do throws(Misuse) {
      try device.backend.random(
        RandomCall(
          distribution: .poissonEach(rates), generator: generator ?? .default, output: output))
    } catch { error.named("poisson").raise(file: file, line: line) }
    if recording(self) {
      output.record("PoissonBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, Tensor.zeros(g.shape, dtype: g.dtype))
      }
    }
    return output
  }
}
