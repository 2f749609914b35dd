import DescentCore

/// Zeroes elements with probability p while training and scales the rest by 1 / (1 - p).
///
/// - Source: torch.nn.Dropout; Srivastava et al. 2014
public final class Dropout: Module {
  public let p: Double
  private let generator: Generator?

  /// - Precondition: 0 <= p <= 1.
  public init(
    _ p: Double = 0.5, generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.p = p
    self.generator = generator
    super.init()
    if !(p >= 0 && p <= 1) {
      Misuse("Dropout", "p is a probability", got: "\(p)", try: "0 to 1").report(file: file, line: line)
    }
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.dropout(p, training: isTraining, generator: generator)
  }

  public override var extraDescription: String { "p=\(p), inplace=False" }
}
