// Convolution and its two gradients. The three are linear in each operand and each other's
// derivatives, so any order of differentiation works:
//
//     y  = C(x, w)     dx = X(g, w)   dw = W(x, g)
//     dx = X(g, w)     dg = C(h, w)   dw = W(h, g)   for a gradient h by dx
//     dw = W(x, g)     dx = X(g, v)   dg = C(x, v)   for a gradient v by dw

extension Tensor {
  /// Convolves [N, C, L] or [C, L] with `weight` [O, C / groups, K].
  ///
  /// The output's length is (L + 2 padding - dilation (K - 1) - 1) / stride + 1, rounded down.
  /// - Gradient: the transposed convolution of g with the weight for self, the convolution of the
  ///   input with g for the weight, the sum of g over all but the channels for the bias.
  /// - Source: torch.nn.functional.conv1d
  public final func conv1d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: any SpatialSizes = 1,
    padding: some ConvolutionPadding = 0, dilation: any SpatialSizes = 1, groups: Int = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    convolution(
      "conv1d", 1, weight, bias, stride.sizes.values, padding.amount, dilation.sizes.values, groups,
      file, line)
  }

  /// Convolves [N, C, H, W] or [C, H, W] with `weight` [O, C / groups, KH, KW].
  ///
  /// Each size of the output is (size + 2 padding - dilation (K - 1) - 1) / stride + 1, rounded down.
  /// - Precondition: the channels fit:
  ///   `conv2d: the input has 3 channels, the weight is for 4. Got … Try …`
  /// - Gradient: as `conv1d`.
  /// - Source: torch.nn.functional.conv2d
  public final func conv2d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: any SpatialSizes = 1,
    padding: some ConvolutionPadding = 0, dilation: any SpatialSizes = 1, groups: Int = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    convolution(
      "conv2d", 2, weight, bias, stride.sizes.values, padding.amount, dilation.sizes.values, groups,
      file, line)
  }

  /// Convolves [N, C, D, H, W] or [C, D, H, W] with `weight` [O, C / groups, KD, KH, KW].
  ///
  /// - Gradient: as `conv1d`.
  /// - Source: torch.nn.functional.conv3d
  public final func conv3d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: any SpatialSizes = 1,
    padding: some ConvolutionPadding = 0, dilation: any SpatialSizes = 1, groups: Int = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    convolution(
      "conv3d", 3, weight, bias, stride.sizes.values, padding.amount, dilation.sizes.values, groups,
      file, line)
  }

  private func convolution(
    _ name: String, _ dims: Int, _ weight: Tensor, _ bias: Tensor?, _ stride: [Int],
    _ padding: PaddingAmount, _ dilation: [Int], _ groups: Int, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.convolution(name, dims, self, weight, bias, stride, padding, dilation, groups)
    }
    guard let (window, size) = checked else { return .poison }
    let isBatched = ndim == dims + 2
    let input = isBatched ? self : unsqueeze(0)
    let result = input.convolved(weight, bias, window, size, file: file, line: line)
    return isBatched ? result : result.squeeze(0)
  }

  // MARK: the three

  /// y = C(x, w) + b for a batch; `size` is that of the output's spatial dims.
  final func convolved(
    _ weight: Tensor, _ bias: Tensor?, _ window: ConvolutionWindow, _ size: Shape,
    file: StaticString = "", line: UInt = 0
  ) -> Tensor {
    let output = Convolving.output(self, weight, bias, window, size)
    if recording(self, weight) || bias.map({ recording($0) }) ?? false {
      var inputs = TensorList(self, weight)
      if let bias { inputs.append(bias) }
      output.record(
        "ConvolutionBackward0", inputs, saving: TensorList(self, weight), file: file, line: line
      ) { step, g in
        let (x, w) = (step.saved(0), step.saved(1))
        if step.needs(0) { step.give(0, g.convolvedInput(w, window, x.shape)) }
        if step.needs(1) { step.give(1, x.convolvedWeight(g, window, w.shape)) }
        if step.needs(2) { step.give(2, g.sum(dim: [0] + Array(2..<g.ndim))) }
      }
    }
    return output
  }

  /// dx = X(g, w) for this g; `shape` is that of x.
  final func convolvedInput(
    _ weight: Tensor, _ window: ConvolutionWindow, _ shape: Shape, file: StaticString = "",
    line: UInt = 0
  ) -> Tensor {
    let result = Convolving.input(self, weight, window, shape)
    if recording(self, weight) {
      result.record(
        "ConvolutionBackward0", TensorList(self, weight), saving: TensorList(self, weight),
        file: file, line: line
      ) { step, h in
        let (g, w) = (step.saved(0), step.saved(1))
        if step.needs(0) { step.give(0, h.convolved(w, nil, window, Shape(g.shape.dropFirst(2)))) }
        if step.needs(1) { step.give(1, h.convolvedWeight(g, window, w.shape)) }
      }
    }
    return result
  }

  /// dw = W(x, g) for this x; `shape` is that of w.
  final func convolvedWeight(
    _ gradient: Tensor, _ window: ConvolutionWindow, _ shape: Shape
  ) -> Tensor {
    let result = Convolving.weight(self, gradient, window, shape)
    if recording(self, gradient) {
      result.record(
        "ConvolutionBackwardBackward0", TensorList(self, gradient),
        saving: TensorList(self, gradient)
      ) { step, v in
        let (x, g) = (step.saved(0), step.saved(1))
        if step.needs(0) { step.give(0, g.convolvedInput(v, window, x.shape)) }
        if step.needs(1) { step.give(1, x.convolved(v, nil, window, Shape(g.shape.dropFirst(2)))) }
      }
    }
    return result
  }
}

extension Rules {
  /// The window and the output's spatial sizes of a convolution.
  static func convolution(
    _ name: String, _ dims: Int, _ input: Tensor, _ weight: Tensor, _ bias: Tensor?,
    _ stride: [Int], _ padding: PaddingAmount, _ dilation: [Int], _ groups: Int
  ) throws(Misuse) -> (ConvolutionWindow, Shape) {
    try convolutionOperands(name, dims, input, weight, bias)
    let stride = try perDim(name, "stride", Sizes(stride), dims, least: 1)
    let dilation = try perDim(name, "dilation", Sizes(dilation), dims, least: 1)
    let got = "input \(input.shape.brackets) and weight \(weight.shape.brackets)"
    let channels = input.shape[-dims - 1]
    let outputs = weight.shape[0]
    if groups < 1 || outputs % groups != 0 || (outputs == 0 && groups > 1) {
      throw Misuse(
        name, "\(outputs) output channels do not make \(groups) groups",
        got: "weight \(weight.shape.brackets)", try: "groups that divide the channels")
    }
    if channels != weight.shape[1] * groups {
      throw Misuse(
        name,
        "the input has \(channels) channels, the weight is for \(weight.shape[1] * groups)"
          + (groups == 1 ? "" : " (\(groups) groups of \(weight.shape[1]))"),
        got: got,
        try: "a weight [out, \(groups == 1 ? "" : "in / groups = ")\(channels / groups), …]")
    }
    if let bias, bias.shape != [outputs] {
      throw Misuse(
        name, "the bias is not one number for each output channel",
        got: "bias \(bias.shape.brackets) for \(outputs) channels", try: "a bias [\(outputs)]")
    }
    var window = ConvolutionWindow(
      stride: stride, dilation: dilation, padding: Shape(repeating: 0, count: dims), groups: groups)
    var size = Shape(repeating: 0, count: dims)
    if case .sizes(let sizes) = padding {
      window.padding = try perDim(name, "padding", Sizes(sizes), dims, least: 0)
    } else if let bad = stride.first(where: { $0 != 1 }) {
      throw Misuse(
        name, "padding \"same\" needs stride 1", got: "stride \(bad)", try: "padding as a number")
    }
    for d in 0..<dims {
      let length = input.shape[d - dims]
      let reach = dilation[d] * (weight.shape[2 + d] - 1)
      if weight.shape[2 + d] < 1 {
        throw Misuse(name, "the kernel is empty", got: got, try: "at least one tap a dimension")
      }
      if padding == .sameSize {
        window.padding[d] = reach / 2
        size[d] = length
        continue
      }
      let room = length + 2 * window.padding[d] - reach - 1
      if room < 0 || (length == 0 && input.shape[-dims - 1] != 0) {
        throw Misuse(
          name,
          "the kernel spans \(reach + 1) and the padded input \(length + 2 * window.padding[d])",
          got: got, try: "more padding or a smaller kernel")
      }
      size[d] = room / stride[d] + 1
    }
    return (window, size)
  }

  /// What convolutions and transposed ones ask of their operands' dims and dtypes.
  static func convolutionOperands(
    _ name: String, _ dims: Int, _ input: Tensor, _ weight: Tensor, _ bias: Tensor?
  ) throws(Misuse) {
    if weight.ndim != dims + 2 || (input.ndim != dims + 2 && input.ndim != dims + 1) {
      throw Misuse(
        name,
        "the input has \(dims + 2) dimensions (\(dims + 1) without a batch), the weight \(dims + 2)",
        got: "input \(input.shape.brackets) and weight \(weight.shape.brackets)",
        try: "unsqueeze or reshape")
    }
    if input.dtype == .bool {
      throw Misuse(name, "numbers are needed", got: "bool", try: "to(.float32) first")
    }
    for other in [weight, bias].compactMap({ $0 }) where other.dtype != input.dtype {
      throw Misuse(
        name, "the operands have different dtypes",
        got:
          "input \(input.dtype.name) and \(other === weight ? "weight" : "bias") \(other.dtype.name)",
        try: "to(.\(input.dtype.name)) for the one")
    }
  }
}
