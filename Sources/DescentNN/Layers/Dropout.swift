import DescentCore

/// What the dropout layers have in common: a probability, and nothing to do outside training.
public class DropoutLayer: Module {
  public final let p: Double
  final let generator: Generator?

  /// Makes the layer.
  ///
  /// - Parameters:
  ///   - p: the probability with which an element is dropped.
  ///   - generator: where masks are drawn from; by default the one that `manualSeed` seeds.
  /// - Precondition: 0 <= p <= 1.
  public init(
    _ p: Double = 0.5, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.p = p
    self.generator = generator
    super.init()
    if !(p >= 0 && p <= 1) {
      Misuse("\(type(of: self))", "p is a probability", got: "\(p)", try: "0 to 1")
        .report(file: file, line: line)
    }
  }

  public final override var extraDescription: String { "p=\(p), inplace=False" }
}

/// Zeroes elements with probability p while training and scales the rest by 1 / (1 - p).
///
/// - Source: torch.nn.Dropout; Srivastava et al. 2014
public final class Dropout: DropoutLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.dropout(p, training: isTraining, generator: generator)
  }
}

/// Dropout of whole channels of [N, C, L] or [C, L].
///
/// - Source: torch.nn.Dropout1d
public final class Dropout1d: DropoutLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    dropChannels(x, unbatched: 2, batched: [3])
  }
}

/// Dropout of whole channels of [N, C, H, W]; [N, C, L] is taken as it is, as in PyTorch.
///
/// - Source: torch.nn.Dropout2d; Tompson et al. 2015
public final class Dropout2d: DropoutLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    dropChannels(x, unbatched: nil, batched: [3, 4])
  }
}

/// Dropout of whole channels of [N, C, D, H, W] or [C, D, H, W].
///
/// - Source: torch.nn.Dropout3d
public final class Dropout3d: DropoutLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    dropChannels(x, unbatched: 4, batched: [5])
  }
}

extension DropoutLayer {
  fileprivate func dropChannels(_ x: Tensor, unbatched: Int?, batched: [Int]) -> Tensor {
    if x.ndim == unbatched {
      return x.unsqueeze(0).featureDropout(p, training: isTraining, generator: generator).squeeze(0)
    }
    if !batched.contains(x.ndim) {
      Misuse(
        "\(type(of: self))", "the input has another number of dimensions", got: "\(Array(x.shape))",
        try: "\(batched[0]) dimensions"
      ).report()
      return x
    }
    return x.featureDropout(p, training: isTraining, generator: generator)
  }
}

/// Dropout that keeps mean 0 and variance 1 behind SELU.
///
/// - Source: torch.nn.AlphaDropout; Klambauer et al. 2017
public final class AlphaDropout: DropoutLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.alphaDropout(p, training: isTraining, generator: generator)
  }
}

/// `AlphaDropout` of whole channels.
///
/// - Source: torch.nn.FeatureAlphaDropout
public final class FeatureAlphaDropout: DropoutLayer {
  public override func forward(_ x: Tensor) -> Tensor {
    x.featureAlphaDropout(p, training: isTraining, generator: generator)
  }
}
