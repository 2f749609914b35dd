import DescentCore

/// What the adaptive pooling layers have in common: the sizes they make.
public class AdaptivePoolLayer: Module {
  /// One number or one for each dimension; nil keeps the input's size.
  public final let outputSize: AdaptiveSizes

  /// Makes the layer.
  public init(_ outputSize: AdaptiveSizes) {
    self.outputSize = outputSize
  }

  public final override var extraDescription: String { "output_size=\(outputSize)" }
}

/// The means of `outputSize` windows that divide [n, c, l] or [c, l].
///
/// - Source: torch.nn.AdaptiveAvgPool1d
public final class AdaptiveAvgPool1d: AdaptivePoolLayer {
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool1d(outputSize) }
}

/// The means of `outputSize` windows that divide [n, c, h, w] or [c, h, w].
///
/// - Source: torch.nn.AdaptiveAvgPool2d
public final class AdaptiveAvgPool2d: AdaptivePoolLayer {
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool2d(outputSize) }
}

/// The means of `outputSize` windows that divide [n, c, d, h, w] or [c, d, h, w].
///
/// - Source: torch.nn.AdaptiveAvgPool3d
public final class AdaptiveAvgPool3d: AdaptivePoolLayer {
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool3d(outputSize) }
}

/// The largest elements of `outputSize` windows that divide [n, c, l] or [c, l].
///
/// - Source: torch.nn.AdaptiveMaxPool1d
public final class AdaptiveMaxPool1d: AdaptivePoolLayer {
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool1d(outputSize) }

  /// The values with the places of the elements found.
  public func withIndices(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    inside(file: file, line: line) { x.adaptiveMaxPool1dWithIndices(outputSize) }
  }
}

/// The largest elements of `outputSize` windows that divide [n, c, h, w] or [c, h, w].
///
/// - Source: torch.nn.AdaptiveMaxPool2d
public final class AdaptiveMaxPool2d: AdaptivePoolLayer {
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool2d(outputSize) }

  /// The values with the places of the elements found.
  public func withIndices(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    inside(file: file, line: line) { x.adaptiveMaxPool2dWithIndices(outputSize) }
  }
}

/// The largest elements of `outputSize` windows that divide [n, c, d, h, w] or [c, d, h, w].
///
/// - Source: torch.nn.AdaptiveMaxPool3d
public final class AdaptiveMaxPool3d: AdaptivePoolLayer {
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool3d(outputSize) }

  /// The values with the places of the elements found.
  public func withIndices(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    inside(file: file, line: line) { x.adaptiveMaxPool3dWithIndices(outputSize) }
  }
}
