// The convolution that goes from the output's sizes to the input's: the gradient of a convolution by
// its input, as an operation.

extension Tensor {
  /// Spreads [N, C, L] or [C, L] through `weight` [C, O / groups, K].
  ///
  /// The output's length is (L - 1) stride - 2 padding + dilation (K - 1) + outputPadding + 1.
  /// - Gradient: the convolution of g with the weight for self.
  /// - Source: torch.nn.functional.conv_transpose1d
  public final func convTranspose1d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: any SpatialSizes = 1,
    padding: any SpatialSizes = 0, outputPadding: any SpatialSizes = 0, groups: Int = 1,
    dilation: any SpatialSizes = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    transposedConvolution(
      "convTranspose1d", 1, weight, bias, stride.sizes.values, padding.sizes.values,
      outputPadding.sizes.values, groups, dilation.sizes.values, file, line)
  }

  /// Spreads [N, C, H, W] or [C, H, W] through `weight` [C, O / groups, KH, KW].
  ///
  /// - Gradient: the convolution of g with the weight for self.
  /// - Source: torch.nn.functional.conv_transpose2d
  public final func convTranspose2d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: any SpatialSizes = 1,
    padding: any SpatialSizes = 0, outputPadding: any SpatialSizes = 0, groups: Int = 1,
    dilation: any SpatialSizes = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    transposedConvolution(
      "convTranspose2d", 2, weight, bias, stride.sizes.values, padding.sizes.values,
      outputPadding.sizes.values, groups, dilation.sizes.values, file, line)
  }

  /// Spreads [N, C, D, H, W] or [C, D, H, W] through `weight` [C, O / groups, KD, KH, KW].
  ///
  /// - Gradient: the convolution of g with the weight for self.
  /// - Source: torch.nn.functional.conv_transpose3d
  public final func convTranspose3d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: any SpatialSizes = 1,
    padding: any SpatialSizes = 0, outputPadding: any SpatialSizes = 0, groups: Int = 1,
    dilation: any SpatialSizes = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    transposedConvolution(
      "convTranspose3d", 3, weight, bias, stride.sizes.values, padding.sizes.values,
      outputPadding.sizes.values, groups, dilation.sizes.values, file, line)
  }

  private func transposedConvolution(
    _ name: String, _ dims: Int, _ weight: Tensor, _ bias: Tensor?, _ stride: [Int],
    _ padding: [Int], _ outputPadding: [Int], _ groups: Int, _ dilation: [Int],
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.transposedConvolution(
        name, dims, self, weight, bias, stride, padding, outputPadding, dilation, groups)
    }
    guard let (window, size) = checked else { return .poison }
    let isBatched = ndim == dims + 2
    let input = isBatched ? self : unsqueeze(0)
    let shape = Shape([input.shape[0], weight.shape[1] * groups] + Array(size))
    var result = input.convolvedInput(weight, window, shape, file: file, line: line)
    if let bias {
      result = result + bias.reshape([bias.shape[0]] + Array(repeating: 1, count: dims))
    }
    return isBatched ? result : result.squeeze(0)
  }
}

extension Rules {
  /// The window and the output's spatial sizes of a transposed convolution.
  static func transposedConvolution(
    _ name: String, _ dims: Int, _ input: Tensor, _ weight: Tensor, _ bias: Tensor?,
    _ stride: [Int], _ padding: [Int], _ outputPadding: [Int], _ dilation: [Int], _ groups: Int
  ) throws(Misuse) -> (ConvolutionWindow, Shape) {
    try convolutionOperands(name, dims, input, weight, bias)
    try floating(name, input.dtype)
    let window = ConvolutionWindow(
      stride: try perDim(name, "stride", Sizes(stride), dims, least: 1),
      dilation: try perDim(name, "dilation", Sizes(dilation), dims, least: 1),
      padding: try perDim(name, "padding", Sizes(padding), dims, least: 0), groups: groups)
    let extra = try perDim(name, "output padding", Sizes(outputPadding), dims, least: 0)
    let got = "input \(input.shape.brackets) and weight \(weight.shape.brackets)"
    let channels = input.shape[-dims - 1]
    if groups < 1 || channels % groups != 0 || weight.shape[0] != channels {
      throw Misuse(
        name,
        "the input has \(channels) channels, the weight is for \(weight.shape[0])"
          + (groups == 1 ? "" : " in \(groups) groups"),
        got: got, try: "a weight [\(channels), out / groups, …] and groups that divide the channels"
      )
    }
    if let bias, bias.shape != [weight.shape[1] * groups] {
      throw Misuse(
        name, "the bias is not one number for each output channel",
        got: "bias \(bias.shape.brackets) for \(weight.shape[1] * groups) channels",
        try: "a bias [\(weight.shape[1] * groups)]")
    }
    var size = Shape(repeating: 0, count: dims)
    for d in 0..<dims {
      if extra[d] >= Swift.max(window.stride[d], window.dilation[d]) {
        throw Misuse(
          name, "outputPadding \(extra[d]) is not smaller than stride or dilation",
          got: "stride \(window.stride[d]), dilation \(window.dilation[d])", try: "a smaller one")
      }
      size[d] =
        (input.shape[d - dims] - 1) * window.stride[d] - 2 * window.padding[d]
        + window.dilation[d] * (weight.shape[2 + d] - 1) + extra[d] + 1
      if size[d] < 1 {
        throw Misuse(
          name, "the output would have size \(size[d])", got: got, try: "less padding")
      }
    }
    return (window, size)
  }
}
