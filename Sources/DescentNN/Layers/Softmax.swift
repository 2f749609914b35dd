import DescentCore

// Softmax and its relatives, as modules.
// Their formulas and gradients are with the tensor methods.

/// exp(x) / sum(exp(x)) along a dimension.
///
/// - Source: torch.nn.Softmax
public final class Softmax: Module {
  public let dim: Int

  /// Makes the layer.
  public init(dim: Int) {
    self.dim = dim
  }

  public override func forward(_ x: Tensor) -> Tensor { x.softmax(dim: dim) }

  public override var extraDescription: String { "dim=\(dim)" }
}

/// The logarithm of the softmax along a dimension.
///
/// - Source: torch.nn.LogSoftmax
public final class LogSoftmax: Module {
  public let dim: Int

  /// Makes the layer.
  public init(dim: Int) {
    self.dim = dim
  }

  public override func forward(_ x: Tensor) -> Tensor { x.logSoftmax(dim: dim) }

  public override var extraDescription: String { "dim=\(dim)" }
}

/// The softmax of -x along a dimension.
///
/// - Source: torch.nn.Softmin
public final class Softmin: Module {
  public let dim: Int

  /// Makes the layer.
  public init(dim: Int) {
    self.dim = dim
  }

  public override func forward(_ x: Tensor) -> Tensor { x.softmin(dim: dim) }

  public override var extraDescription: String { "dim=\(dim)" }
}

/// The softmax over the channels of images [N, C, H, W] or [C, H, W].
///
/// - Source: torch.nn.Softmax2d
public final class Softmax2d: Module {
  /// Makes the layer.
  public override init() { super.init() }

  public override func forward(_ x: Tensor) -> Tensor {
    if x.ndim != 3 && x.ndim != 4 {
      Misuse(
        "Softmax2d", "the input is no image", got: "\(Array(x.shape))",
        try: "[N, C, H, W] or [C, H, W]"
      ).report()
      return x
    }
    return x.softmax(dim: -3)
  }
}
