import DescentCore

/// The cosine of the angle between vectors along a dimension.
///
/// - Source: torch.nn.CosineSimilarity
public final class CosineSimilarity: Module {
  public let dim: Int
  public let eps: Double

  /// Makes the layer.
  public init(dim: Int = 1, eps: Double = 1e-8) {
    self.dim = dim
    self.eps = eps
  }

  /// - Returns: the common shape of the inputs without dimension `dim`.
  public func callAsFunction(
    _ x1: Tensor, _ x2: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) { x1.cosineSimilarity(x2, dim: dim, eps: eps) }
  }
}

/// The p-norm of differences of vectors along the last dimension.
///
/// - Source: torch.nn.PairwiseDistance
public final class PairwiseDistance: Module {
  public let p: Double
  public let eps: Double
  public let keepDim: Bool

  /// Makes the layer.
  public init(p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false) {
    self.p = p
    self.eps = eps
    self.keepDim = keepDim
  }

  /// - Returns: the common shape of the inputs without the last dimension.
  public func callAsFunction(
    _ x1: Tensor, _ x2: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) { x1.pairwiseDistance(x2, p: p, eps: eps, keepDim: keepDim) }
  }
}
