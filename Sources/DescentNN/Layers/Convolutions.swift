import DescentCore

/// Convolves [N, C, L] or [C, L] with a kernel for each output channel.
///
/// Prints as `Conv1d(4, 6, kernel_size=(3,), stride=(1,))`.
/// - Source: torch.nn.Conv1d
public final class Conv1d: ConvolutionLayer {
  /// Makes the layer; weight is drawn before bias.
  public init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: any SpatialSizes,
    stride: any SpatialSizes = 1, padding: some ConvolutionPadding = 0,
    dilation: any SpatialSizes = 1, groups: Int = 1, bias: Bool = true,
    paddingMode: PaddingMode? = nil, dtype: DType = .float32, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      dims: 1, inChannels, outChannels, kernelSize.sizes.values, stride: stride.sizes.values,
      padding: padding.amount, dilation: dilation.sizes.values, groups: groups, bias: bias,
      paddingMode: paddingMode, dtype: dtype, generator: generator, file: file, line: line)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    let (input, padding) = padded(x)
    return input.conv1d(
      weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}

/// Convolves [N, C, H, W] or [C, H, W] with a kernel for each output channel.
///
/// Prints as `Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))`.
/// - Source: torch.nn.Conv2d
public final class Conv2d: ConvolutionLayer {
  /// Makes the layer; weight is drawn before bias.
  public init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: any SpatialSizes,
    stride: any SpatialSizes = 1, padding: some ConvolutionPadding = 0,
    dilation: any SpatialSizes = 1, groups: Int = 1, bias: Bool = true,
    paddingMode: PaddingMode? = nil, dtype: DType = .float32, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      dims: 2, inChannels, outChannels, kernelSize.sizes.values, stride: stride.sizes.values,
      padding: padding.amount, dilation: dilation.sizes.values, groups: groups, bias: bias,
      paddingMode: paddingMode, dtype: dtype, generator: generator, file: file, line: line)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    let (input, padding) = padded(x)
    return input.conv2d(
      weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}

/// Convolves [N, C, D, H, W] or [C, D, H, W] with a kernel for each output channel.
///
/// Prints as `Conv3d(2, 3, kernel_size=(2, 2, 2), stride=(1, 1, 1))`.
/// - Source: torch.nn.Conv3d
public final class Conv3d: ConvolutionLayer {
  /// Makes the layer; weight is drawn before bias.
  public init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: any SpatialSizes,
    stride: any SpatialSizes = 1, padding: some ConvolutionPadding = 0,
    dilation: any SpatialSizes = 1, groups: Int = 1, bias: Bool = true,
    paddingMode: PaddingMode? = nil, dtype: DType = .float32, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      dims: 3, inChannels, outChannels, kernelSize.sizes.values, stride: stride.sizes.values,
      padding: padding.amount, dilation: dilation.sizes.values, groups: groups, bias: bias,
      paddingMode: paddingMode, dtype: dtype, generator: generator, file: file, line: line)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    let (input, padding) = padded(x)
    return input.conv3d(
      weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}
