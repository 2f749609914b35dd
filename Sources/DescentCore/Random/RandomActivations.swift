// Activations that draw random numbers.

extension Tensor {
  /// x where positive, else x times a slope: drawn from [lower, upper) for each element while training,
  /// their mean otherwise.
  ///
  /// Slopes are drawn as PyTorch draws them: in order, for elements <= 0 only.
  /// - Precondition: floating point, lower <= upper.
  /// - Gradient: g, or the slope times g where x <= 0.
  /// - Source: torch.nn.functional.rrelu; Xu et al. 2015
  public final func rrelu(
    lower: Double = 1.0 / 8, upper: Double = 1.0 / 3, training: Bool = false,
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("rrelu", self.dtype)
      if !(lower <= upper) {
        throw Misuse(
          "rrelu", "lower is above upper", got: "\(lower) and \(upper)", try: "lower <= upper")
      }
    }
    if checked == nil { return .poison }
    if !training {
      return leakyRelu(negativeSlope: (lower + upper) / 2, file: file, line: line)
    }
    // As in PyTorch ends and slopes are of float32 unless elements are of float64.
    let (output, slopes) = noGrad { () -> (Tensor, Tensor) in
      let type: DType = dtype == .float64 ? .float64 : .float32
      let ends = [lower, upper].map { type == .float64 ? $0 : Double(Float($0)) }
      let isDrawn = self .<= 0
      let drawn = Tensor(empty: [device.backend.countNonzero(isDrawn)], dtype: .float64)
        .uniform_(ends[0], ends[1], generator: generator)
      let slopes = Tensor.ones(shape, dtype: type).maskedScatter(isDrawn, drawn.to(type))
      return ((to(type) * slopes).to(dtype), slopes.to(dtype))
    }
    if recording(self) {
      output.record(
        "RreluWithNoiseBackward0", TensorList(self), saving: TensorList(slopes), file: file,
        line: line
      ) { step, g in step.give(0, g * step.saved(0)) }
    }
    return output
  }

  /// Samples from the categories whose log-probabilities these are, as something that has a gradient:
  /// softmax((x + G) / tau) with standard Gumbel numbers G.
  ///
  /// - Parameters:
  ///   - tau: the temperature; towards 0 the result becomes one-hot.
  ///   - hard: whether the result is one-hot, with the gradient of the soft one.
  ///   - dim: along which the categories lie.
  /// - Gradient: that of softmax.
  /// - Source: torch.nn.functional.gumbel_softmax; Jang et al. 2017, Maddison et al. 2017
  public final func gumbelSoftmax(
    tau: Double = 1, hard: Bool = false, dim: Int = -1, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("gumbelSoftmax", self.dtype)
      _ = try Rules.dim("gumbelSoftmax", dim, of: self.shape)
    }
    if checked == nil { return .poison }
    let gumbel = noGrad {
      -Tensor(empty: shape, dtype: dtype).exponential_(generator: generator).log()
    }
    let soft = ((self + gumbel) / tau).softmax(dim: dim, file: file, line: line)
    if !hard { return soft }
    let choice = noGrad { () -> Tensor in
      let place = soft.argmax(dim: dim, keepDim: true)
      return Tensor.zerosLike(soft).scatter(dim, place, 1.0) - soft
    }
    return choice + soft
  }
}
