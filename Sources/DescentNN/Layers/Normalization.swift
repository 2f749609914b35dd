import DescentCore

private func python(_ value: Bool) -> String { value ? "True" : "False" }

/// Normalises over the last dimensions, then scales and shifts each of their places.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | normalizedShape | 1 |
/// | bias | normalizedShape | 0 |
///
/// Prints as `LayerNorm((5,), eps=1e-05, elementwise_affine=True, bias=True)`.
/// - Source: torch.nn.LayerNorm
public final class LayerNorm: Module {
  public let normalizedShape: [Int]
  public let eps: Double
  public var weight: Parameter?
  public var bias: Parameter?

  /// Makes the layer.
  public init(
    _ normalizedShape: [Int], eps: Double = 1e-5, elementwiseAffine: Bool = true,
    bias: Bool = true, dtype: DType = .float32
  ) {
    self.normalizedShape = normalizedShape
    self.eps = eps
    let shape = Shape(normalizedShape)
    if elementwiseAffine {
      weight = Parameter(Tensor.ones(shape, dtype: dtype))
      if bias { self.bias = Parameter(Tensor.zeros(shape, dtype: dtype)) }
    }
  }

  public convenience init(
    _ size: Int, eps: Double = 1e-5, elementwiseAffine: Bool = true, bias: Bool = true,
    dtype: DType = .float32
  ) {
    self.init([size], eps: eps, elementwiseAffine: elementwiseAffine, bias: bias, dtype: dtype)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.layerNorm(normalizedShape, weight, bias, eps: eps)
  }

  public override var extraDescription: String {
    "\(Shape(normalizedShape).tuple), eps=\(eps), elementwise_affine=\(python(weight != nil)), "
      + "bias=\(python(bias != nil))"
  }
}

/// Divides by the root of the mean square over the last dimensions, then scales each of their places.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | normalizedShape | 1 |
///
/// - Source: torch.nn.RMSNorm
public final class RMSNorm: Module {
  public let normalizedShape: [Int]
  /// nil: the smallest step from 1 in the dtype computed in.
  public let eps: Double?
  public var weight: Parameter?

  /// Makes the layer.
  public init(
    _ normalizedShape: [Int], eps: Double? = nil, elementwiseAffine: Bool = true,
    dtype: DType = .float32
  ) {
    self.normalizedShape = normalizedShape
    self.eps = eps
    if elementwiseAffine {
      weight = Parameter(Tensor.ones(Shape(normalizedShape), dtype: dtype))
    }
  }

  public convenience init(
    _ size: Int, eps: Double? = nil, elementwiseAffine: Bool = true, dtype: DType = .float32
  ) {
    self.init([size], eps: eps, elementwiseAffine: elementwiseAffine, dtype: dtype)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.rmsNorm(normalizedShape, weight, eps: eps)
  }

  public override var extraDescription: String {
    "\(Shape(normalizedShape).tuple), eps=\(eps.map { "\($0)" } ?? "None"), "
      + "elementwise_affine=\(python(weight != nil))"
  }
}

/// Normalises groups of channels of [N, C, …], then scales and shifts each channel.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | [numChannels] | 1 |
/// | bias | [numChannels] | 0 |
///
/// - Source: torch.nn.GroupNorm
public final class GroupNorm: Module {
  public let numGroups: Int
  public let numChannels: Int
  public let eps: Double
  public var weight: Parameter?
  public var bias: Parameter?

  /// Makes the layer.
  ///
  /// - Precondition: the groups divide the channels: `GroupNorm: 7 channels do not divide into 2 groups …`
  public init(
    _ numGroups: Int, _ numChannels: Int, eps: Double = 1e-5, affine: Bool = true,
    bias: Bool = true, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.numGroups = numGroups
    self.numChannels = numChannels
    self.eps = eps
    if affine {
      weight = Parameter(Tensor.ones(numChannels, dtype: dtype))
      if bias { self.bias = Parameter(Tensor.zeros(numChannels, dtype: dtype)) }
    }
    super.init()
    if numGroups < 1 || numChannels % numGroups != 0 {
      Misuse(
        "GroupNorm", "\(numChannels) channels do not divide into \(numGroups) groups",
        got: "\(numGroups), \(numChannels)", try: "a divisor of \(numChannels)"
      ).report(file: file, line: line)
    }
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.groupNorm(numGroups, weight, bias, eps: eps)
  }

  public override var extraDescription: String {
    "\(numGroups), \(numChannels), eps=\(eps), affine=\(python(weight != nil)), "
      + "bias=\(python(bias != nil))"
  }
}

/// Divides by a power of the mean square of neighbouring channels.
///
/// - Source: torch.nn.LocalResponseNorm
public final class LocalResponseNorm: Module {
  public let size: Int
  public let alpha: Double
  public let beta: Double
  public let k: Double

  /// Makes the layer.
  public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.localResponseNorm(size, alpha: alpha, beta: beta, k: k)
  }

  public override var extraDescription: String { "\(size), alpha=\(alpha), beta=\(beta), k=\(k)" }
}

extension Shape {
  /// Python's text: `(5,)`.
  fileprivate var tuple: String {
    count == 1 ? "(\(self[0]),)" : "(\(map { "\($0)" }.joined(separator: ", ")))"
  }
}
