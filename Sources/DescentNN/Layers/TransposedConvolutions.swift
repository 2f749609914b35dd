import DescentCore

/// Spreads [N, C, L] or [C, L] through a kernel for each input channel.
///
/// Prints as `ConvTranspose1d(3, 4, kernel_size=(3,), stride=(1,))`.
/// - Source: torch.nn.ConvTranspose1d
public final class ConvTranspose1d: ConvolutionLayer {
  /// Makes the layer; weight is drawn before bias.
  public init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: any SpatialSizes,
    stride: any SpatialSizes = 1, padding: any SpatialSizes = 0,
    outputPadding: any SpatialSizes = 0, groups: Int = 1, bias: Bool = true,
    dilation: any SpatialSizes = 1, dtype: DType = .float32, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      dims: 1, isTransposed: true, inChannels, outChannels, kernelSize.sizes.values,
      stride: stride.sizes.values, padding: .sizes(padding.sizes.values),
      dilation: dilation.sizes.values, outputPadding: outputPadding.sizes.values, groups: groups,
      bias: bias, dtype: dtype, generator: generator, file: file, line: line)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.convTranspose1d(
      weight, bias, stride: stride, padding: paddingSizes, outputPadding: outputPadding,
      groups: groups, dilation: dilation)
  }
}

/// Spreads [N, C, H, W] or [C, H, W] through a kernel for each input channel.
///
/// Prints as `ConvTranspose2d(3, 4, kernel_size=(3, 3), stride=(1, 1))`.
/// - Source: torch.nn.ConvTranspose2d
public final class ConvTranspose2d: ConvolutionLayer {
  /// Makes the layer; weight is drawn before bias.
  public init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: any SpatialSizes,
    stride: any SpatialSizes = 1, padding: any SpatialSizes = 0,
    outputPadding: any SpatialSizes = 0, groups: Int = 1, bias: Bool = true,
    dilation: any SpatialSizes = 1, dtype: DType = .float32, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      dims: 2, isTransposed: true, inChannels, outChannels, kernelSize.sizes.values,
      stride: stride.sizes.values, padding: .sizes(padding.sizes.values),
      dilation: dilation.sizes.values, outputPadding: outputPadding.sizes.values, groups: groups,
      bias: bias, dtype: dtype, generator: generator, file: file, line: line)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.convTranspose2d(
      weight, bias, stride: stride, padding: paddingSizes, outputPadding: outputPadding,
      groups: groups, dilation: dilation)
  }
}

/// Spreads [N, C, D, H, W] or [C, D, H, W] through a kernel for each input channel.
///
/// Prints as `ConvTranspose3d(2, 3, kernel_size=(2, 2, 2), stride=(1, 1, 1))`.
/// - Source: torch.nn.ConvTranspose3d
public final class ConvTranspose3d: ConvolutionLayer {
  /// Makes the layer; weight is drawn before bias.
  public init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: any SpatialSizes,
    stride: any SpatialSizes = 1, padding: any SpatialSizes = 0,
    outputPadding: any SpatialSizes = 0, groups: Int = 1, bias: Bool = true,
    dilation: any SpatialSizes = 1, dtype: DType = .float32, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(
      dims: 3, isTransposed: true, inChannels, outChannels, kernelSize.sizes.values,
      stride: stride.sizes.values, padding: .sizes(padding.sizes.values),
      dilation: dilation.sizes.values, outputPadding: outputPadding.sizes.values, groups: groups,
      bias: bias, dtype: dtype, generator: generator, file: file, line: line)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.convTranspose3d(
      weight, bias, stride: stride, padding: paddingSizes, outputPadding: outputPadding,
      groups: groups, dilation: dilation)
  }
}
