import DescentCore

/// What the layers of p-norm pooling have in common.
public class LPPoolLayer: Module {
  /// p.
  public final let normType: Double
  public final let kernelSize: Sizes
  /// nil: windows are as far apart as they are large.
  public final let stride: Sizes?
  public final let ceilMode: Bool
  private let normText: String

  /// Makes the layer.
  public init(
    _ normType: some Scalar, _ kernelSize: any SpatialSizes,
    stride: (any SpatialSizes)? = nil, ceilMode: Bool = false
  ) {
    let (kernelSize, stride) = (kernelSize.sizes, stride?.sizes)
    self.normType = normType.scalarValue.double
    normText = normType.scalarValue.description
    self.kernelSize = kernelSize
    self.stride = stride
    self.ceilMode = ceilMode
  }

  public final override var extraDescription: String {
    "norm_type=\(normText), kernel_size=\(kernelSize), stride=\(stride?.description ?? "None"), "
      + "ceil_mode=\(ceilMode ? "True" : "False")"
  }
}

/// (sum of x^p)^(1/p) over each window of [n, c, l] or [c, l].
///
/// - Source: torch.nn.LPPool1d
public final class LPPool1d: LPPoolLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.lpPool1d(normType, kernelSize, stride: stride, ceilMode: ceilMode)
  }
}

/// (sum of x^p)^(1/p) over each window of [n, c, h, w] or [c, h, w].
///
/// - Source: torch.nn.LPPool2d
public final class LPPool2d: LPPoolLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.lpPool2d(normType, kernelSize, stride: stride, ceilMode: ceilMode)
  }
}

/// (sum of x^p)^(1/p) over each window of [n, c, d, h, w] or [c, d, h, w].
///
/// - Source: torch.nn.LPPool3d
public final class LPPool3d: LPPoolLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.lpPool3d(normType, kernelSize, stride: stride, ceilMode: ceilMode)
  }
}

/// What the layers that undo max pooling have in common.
public class MaxUnpoolLayer: Module {
  public final let kernelSize: Sizes
  public final let stride: Sizes
  public final let padding: Sizes
  class var dims: Int { 1 }

  /// Makes the layer that undoes a max pooling with these arguments.
  public init(
    _ kernelSize: any SpatialSizes, stride: (any SpatialSizes)? = nil,
    padding: any SpatialSizes = 0
  ) {
    let (kernelSize, stride, padding) = (kernelSize.sizes, stride?.sizes, padding.sizes)
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
  }

  public final override var extraDescription: String {
    let dims = Self.dims
    return "kernel_size=\(kernelSize.tuple(dims)), stride=\(stride.tuple(dims)), "
      + "padding=\(padding.tuple(dims))"
  }
}

/// Puts what `MaxPool1d` found back to its places.
///
/// - Source: torch.nn.MaxUnpool1d
public final class MaxUnpool1d: MaxUnpoolLayer {
  /// - Parameter outputSize: the pooled input's, where windows did not fill it.
  public func callAsFunction(
    _ x: Tensor, _ indices: Tensor, outputSize: [Int]? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      x.maxUnpool1d(indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }
  }
}

/// Puts what `MaxPool2d` found back to its places.
///
/// - Source: torch.nn.MaxUnpool2d
public final class MaxUnpool2d: MaxUnpoolLayer {
  override class var dims: Int { 2 }

  /// - Parameter outputSize: the pooled input's, where windows did not fill it.
  public func callAsFunction(
    _ x: Tensor, _ indices: Tensor, outputSize: [Int]? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      x.maxUnpool2d(indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }
  }
}

/// Puts what `MaxPool3d` found back to its places.
///
/// - Source: torch.nn.MaxUnpool3d
public final class MaxUnpool3d: MaxUnpoolLayer {
  override class var dims: Int { 3 }

  /// - Parameter outputSize: the pooled input's, where windows did not fill it.
  public func callAsFunction(
    _ x: Tensor, _ indices: Tensor, outputSize: [Int]? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      x.maxUnpool3d(indices, kernelSize, stride: stride, padding: padding, outputSize: outputSize)
    }
  }
}
