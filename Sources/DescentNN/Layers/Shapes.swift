import DescentCore

/// Gives its input back.
///
/// - Source: torch.nn.Identity
public final class Identity: Module {
  /// Makes the layer.
  public override init() { super.init() }
  public override func forward(_ x: Tensor) -> Tensor { x }
}

/// Merges the dimensions from `startDim` to `endDim`; the batch dimension stays by default.
///
/// - Source: torch.nn.Flatten
public final class Flatten: Module {
  public let startDim: Int
  public let endDim: Int

  /// Makes the layer.
  public init(_ startDim: Int = 1, _ endDim: Int = -1) {
    self.startDim = startDim
    self.endDim = endDim
  }

  public override func forward(_ x: Tensor) -> Tensor { x.flatten(startDim, endDim) }
  public override var extraDescription: String { "start_dim=\(startDim), end_dim=\(endDim)" }
}

/// Divides one dimension into several.
///
/// - Source: torch.nn.Unflatten
public final class Unflatten: Module {
  public let dim: Int
  public let sizes: [Int]

  /// Makes the layer.
  public init(_ dim: Int, _ sizes: [Int]) {
    self.dim = dim
    self.sizes = sizes
  }

  public override func forward(_ x: Tensor) -> Tensor { x.unflatten(dim, sizes) }

  public override var extraDescription: String {
    let tuple = sizes.map(String.init).joined(separator: ", ") + (sizes.count == 1 ? "," : "")
    return "dim=\(dim), unflattened_size=(\(tuple))"
  }
}
