import DescentCore

/// What batch and instance normalisation have in common: numbers for each channel.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | [numFeatures] | 1 |
/// | bias | [numFeatures] | 0 |
///
/// The buffers `running_mean`, `running_var` and `num_batches_tracked` are what evaluation uses.
public class ChannelNorm: Module {
  public let numFeatures: Int
  public let eps: Double
  /// The batch's share of the running statistics; nil: that of a mean over all batches.
  public let momentum: Double?
  public var weight: Parameter?
  public var bias: Parameter?
  public var runningMean: Buffer?
  public var runningVar: Buffer?
  public var numBatchesTracked: Buffer?

  fileprivate init(
    _ numFeatures: Int, _ eps: Double, _ momentum: Double?, affine: Bool, tracks: Bool, bias: Bool,
    _ dtype: DType
  ) {
    self.numFeatures = numFeatures
    self.eps = eps
    self.momentum = momentum
    if affine {
      weight = Parameter(Tensor.ones(numFeatures, dtype: dtype))
      if bias { self.bias = Parameter(Tensor.zeros(numFeatures, dtype: dtype)) }
    }
    if tracks {
      runningMean = Buffer(Tensor.zeros(numFeatures, dtype: dtype))
      runningVar = Buffer(Tensor.ones(numFeatures, dtype: dtype))
      numBatchesTracked = Buffer(Tensor.zeros(dtype: .int64))
    }
  }

  /// How many dims the input may have.
  fileprivate var inputDims: ClosedRange<Int> { 2...8 }

  /// Whether the input has one of those numbers of dims.
  fileprivate final func accepts(_ x: Tensor) -> Bool {
    if inputDims.contains(x.ndim) { return true }
    Misuse(
      "\(type(of: self))", "the input has \(x.ndim) dims", got: "\(Array(x.shape))",
      try: "\(inputDims.lowerBound) to \(inputDims.upperBound) dims"
    ).report()
    return false
  }

  public final override var parameterNames: [String: String] {
    [
      "runningMean": "running_mean", "runningVar": "running_var",
      "numBatchesTracked": "num_batches_tracked",
    ]
  }

  /// Forgets the running statistics.
  ///
  /// - Source: torch.nn.BatchNorm2d.reset_running_stats
  public final func resetRunningStats() {
    noGrad {
      _ = runningMean?.zero_()
      _ = runningVar?.fill_(1)
      _ = numBatchesTracked?.zero_()
    }
  }

  public final override var extraDescription: String {
    func python(_ value: Bool) -> String { value ? "True" : "False" }
    return "\(numFeatures), eps=\(eps), momentum=\(momentum.map { "\($0)" } ?? "None"), "
      + "affine=\(python(weight != nil)), bias=\(python(bias != nil)), "
      + "track_running_stats=\(python(runningMean != nil))"
  }
}

/// Normalises each channel over the batch: in training with the batch's mean and variance, in evaluation
/// with the running ones, where they are tracked.
public class BatchNorm: ChannelNorm {
  /// Makes the layer.
  ///
  /// - Parameters:
  ///   - momentum: the batch's share of the running statistics; nil: that of a mean over all batches.
  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true, bias: Bool = true, dtype: DType = .float32
  ) {
    super.init(
      numFeatures, eps, momentum, affine: affine, tracks: trackRunningStats, bias: bias, dtype)
  }

  public final override func forward(_ x: Tensor) -> Tensor {
    if !accepts(x) { return x }
    var share = momentum ?? 0
    if isTraining, let count = numBatchesTracked {
      noGrad { _ = count.add_(1) }
      if momentum == nil { share = 1 / count.item() }
    }
    return x.batchNorm(
      runningMean, runningVar, weight: weight, bias: bias,
      training: isTraining || runningMean == nil && runningVar == nil, momentum: share, eps: eps)
  }
}

/// `BatchNorm` of [N, C] or [N, C, L].
///
/// Prints as
/// `BatchNorm1d(5, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)`.
/// - Source: torch.nn.BatchNorm1d
public final class BatchNorm1d: BatchNorm {
  fileprivate override var inputDims: ClosedRange<Int> { 2...3 }
}

/// `BatchNorm` of [N, C, H, W].
///
/// - Source: torch.nn.BatchNorm2d
public final class BatchNorm2d: BatchNorm {
  fileprivate override var inputDims: ClosedRange<Int> { 4...4 }
}

/// `BatchNorm` of [N, C, D, H, W].
///
/// - Source: torch.nn.BatchNorm3d
public final class BatchNorm3d: BatchNorm {
  fileprivate override var inputDims: ClosedRange<Int> { 5...5 }
}

/// Normalises each channel of each sample; an input without the batch dimension is one sample.
public class InstanceNorm: ChannelNorm {
  /// Makes the layer.
  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, bias: Bool = true, dtype: DType = .float32
  ) {
    super.init(
      numFeatures, eps, momentum, affine: affine, tracks: trackRunningStats, bias: bias, dtype)
  }

  public final override func forward(_ x: Tensor) -> Tensor {
    if !accepts(x) { return x }
    if x.ndim == inputDims.lowerBound { return forward(x.unsqueeze(0)).squeeze(0) }
    return x.instanceNorm(
      runningMean, runningVar, weight: weight, bias: bias,
      useInputStats: isTraining || runningMean == nil, momentum: momentum ?? 0, eps: eps)
  }
}

/// `InstanceNorm` of [N, C, L] or [C, L].
///
/// - Source: torch.nn.InstanceNorm1d
public final class InstanceNorm1d: InstanceNorm {
  fileprivate override var inputDims: ClosedRange<Int> { 2...3 }
}

/// `InstanceNorm` of [N, C, H, W] or [C, H, W].
///
/// - Source: torch.nn.InstanceNorm2d
public final class InstanceNorm2d: InstanceNorm {
  fileprivate override var inputDims: ClosedRange<Int> { 3...4 }
}

/// `InstanceNorm` of [N, C, D, H, W] or [C, D, H, W].
///
/// - Source: torch.nn.InstanceNorm3d
public final class InstanceNorm3d: InstanceNorm {
  fileprivate override var inputDims: ClosedRange<Int> { 4...5 }
}
