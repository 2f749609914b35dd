import DescentCore

/// What the layers of max pooling have in common.
public class MaxPoolLayer: Module {
  public final let kernelSize: Sizes
  public final let stride: Sizes
  public final let padding: Sizes
  public final let dilation: Sizes
  public final let ceilMode: Bool

  /// Makes the layer; windows are as far apart as they are large unless `stride` says otherwise.
  public init(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, dilation: any SpatialSizes = 1,
    ceilMode: Bool = false
  ) {
    let (kernelSize, stride, padding, dilation) = (
      kernelSize.sizes, stride?.sizes, padding.sizes, dilation.sizes
    )
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
    self.dilation = dilation
    self.ceilMode = ceilMode
  }

  public final override var extraDescription: String {
    "kernel_size=\(kernelSize), stride=\(stride), padding=\(padding), dilation=\(dilation), "
      + "ceil_mode=\(ceilMode ? "True" : "False")"
  }
}

/// The largest element of each window of [n, c, l] or [c, l].
///
/// - Source: torch.nn.MaxPool1d
public final class MaxPool1d: MaxPoolLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool1d(
      kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
  }

  /// The values with the places of the elements found, for `MaxUnpool1d`.
  public func withIndices(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    inside(file: file, line: line) {
      x.maxPool1dWithIndices(
        kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
  }
}

/// The largest element of each window of [n, c, h, w] or [c, h, w].
///
/// - Source: torch.nn.MaxPool2d
public final class MaxPool2d: MaxPoolLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool2d(
      kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
  }

  /// The values with the places of the elements found, for `MaxUnpool2d`.
  public func withIndices(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    inside(file: file, line: line) {
      x.maxPool2dWithIndices(
        kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
  }
}

/// The largest element of each window of [n, c, d, h, w] or [c, d, h, w].
///
/// - Source: torch.nn.MaxPool3d
public final class MaxPool3d: MaxPoolLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool3d(
      kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
  }

  /// The values with the places of the elements found, for `MaxUnpool3d`.
  public func withIndices(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    inside(file: file, line: line) {
      x.maxPool3dWithIndices(
        kernelSize, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
  }
}

/// What the layers of average pooling have in common.
public class AvgPoolLayer: Module {
  public final let kernelSize: Sizes
  public final let stride: Sizes
  public final let padding: Sizes
  public final let ceilMode: Bool
  public final let countIncludePad: Bool

  /// Makes the layer; windows are as far apart as they are large unless `stride` says otherwise.
  public init(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true
  ) {
    let (kernelSize, stride, padding) = (kernelSize.sizes, stride?.sizes, padding.sizes)
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
  }

  public override var extraDescription: String {
    "kernel_size=\(kernelSize), stride=\(stride), padding=\(padding)"
  }
}

/// The mean of each window of [n, c, l] or [c, l].
///
/// - Source: torch.nn.AvgPool1d
public final class AvgPool1d: AvgPoolLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool1d(
      kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }

  public override var extraDescription: String {
    "kernel_size=\(kernelSize.tuple(1)), stride=\(stride.tuple(1)), padding=\(padding.tuple(1))"
  }
}

/// The mean of each window of [n, c, h, w] or [c, h, w].
///
/// - Source: torch.nn.AvgPool2d
public final class AvgPool2d: AvgPoolLayer {
  public let divisorOverride: Int?

  /// Makes the layer; `divisorOverride` is what sums are divided by instead of the number of elements.
  public init(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    let (kernelSize, stride, padding) = (kernelSize.sizes, stride?.sizes, padding.sizes)
    self.divisorOverride = divisorOverride
    super.init(
      kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool2d(
      kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
}

/// The mean of each window of [n, c, d, h, w] or [c, d, h, w].
///
/// - Source: torch.nn.AvgPool3d
public final class AvgPool3d: AvgPoolLayer {
  public let divisorOverride: Int?

  /// Makes the layer; `divisorOverride` is what sums are divided by instead of the number of elements.
  public init(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) {
    let (kernelSize, stride, padding) = (kernelSize.sizes, stride?.sizes, padding.sizes)
    self.divisorOverride = divisorOverride
    super.init(
      kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool3d(
      kernelSize, stride: stride, padding: padding, ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
}

extension Sizes {
  /// A value for each dimension, printed as a tuple.
  func tuple(_ dims: Int) -> Sizes { Sizes(expanded(to: dims) ?? values) }
}
