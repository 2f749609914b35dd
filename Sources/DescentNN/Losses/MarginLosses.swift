import DescentCore

// Losses of distances and rankings.

/// The input where the target is 1, max(0, margin - input) where it is -1.
///
/// - Source: torch.nn.HingeEmbeddingLoss
public final class HingeEmbeddingLoss: Loss {
  public let margin: Double

  /// Makes the loss.
  public init(margin: Double = 1, reduction: LossReduction = .mean) {
    self.margin = margin
    super.init(reduction: reduction)
  }

  public override func forward(_ input: Tensor, _ target: Tensor) -> Tensor {
    input.hingeEmbeddingLoss(target, margin: margin, reduction: reduction)
  }
}

/// max(0, margin - target (x1 - x2)).
///
/// - Source: torch.nn.MarginRankingLoss
public final class MarginRankingLoss: Module {
  public let margin: Double
  public let reduction: LossReduction

  /// Makes the loss.
  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    self.margin = margin
    self.reduction = reduction
  }

  /// The loss of two inputs and their order.
  public func callAsFunction(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      x1.marginRankingLoss(x2, target, margin: margin, reduction: reduction)
    }
  }
}

/// 1 - cos where the target is 1, max(0, cos - margin) where it is -1.
///
/// - Source: torch.nn.CosineEmbeddingLoss
public final class CosineEmbeddingLoss: Module {
  public let margin: Double
  public let reduction: LossReduction

  /// Makes the loss.
  public init(margin: Double = 0, reduction: LossReduction = .mean) {
    self.margin = margin
    self.reduction = reduction
  }

  /// The loss of pairs of vectors and whether they belong together.
  public func callAsFunction(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      x1.cosineEmbeddingLoss(x2, target, margin: margin, reduction: reduction)
    }
  }
}

/// max(0, margin + |anchor - positive| - |anchor - negative|).
///
/// - Source: torch.nn.TripletMarginLoss
public final class TripletMarginLoss: Module {
  public let margin: Double
  public let p: Double
  public let eps: Double
  public let swap: Bool
  public let reduction: LossReduction

  /// Makes the loss.
  public init(
    margin: Double = 1, p: Double = 2, eps: Double = 1e-6, swap: Bool = false,
    reduction: LossReduction = .mean
  ) {
    self.margin = margin
    self.p = p
    self.eps = eps
    self.swap = swap
    self.reduction = reduction
  }

  /// The loss of anchors, what belongs to them and what does not.
  public func callAsFunction(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      anchor.tripletMarginLoss(
        positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
    }
  }
}

/// The triplet loss with a distance of one's own.
///
/// - Source: torch.nn.TripletMarginWithDistanceLoss
public final class TripletMarginWithDistanceLoss: Module {
  public let margin: Double
  public let swap: Bool
  public let reduction: LossReduction
  private let distance: (Tensor, Tensor) -> Tensor

  /// Makes the loss.
  ///
  /// - Parameter distance: of two batches of vectors; by default `pairwiseDistance`.
  public init(
    margin: Double = 1, swap: Bool = false, reduction: LossReduction = .mean,
    distance: @escaping (Tensor, Tensor) -> Tensor = { $0.pairwiseDistance($1) }
  ) {
    self.margin = margin
    self.swap = swap
    self.reduction = reduction
    self.distance = distance
  }

  /// The loss of anchors, what belongs to them and what does not.
  public func callAsFunction(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      anchor.tripletMarginLoss(
        positive, negative, margin: margin, swap: swap, reduction: reduction, distance: distance)
    }
  }
}
