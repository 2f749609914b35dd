import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// y = x Wᵀ + b.
///
/// Input [..., inFeatures], output [..., outFeatures].
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | [out, in] | uniform in ±1/√in |
/// | bias | [out] | uniform in ±1/√in |
///
/// Prints as `Linear(in_features=3, out_features=1, bias=True)`.
/// - Source: torch.nn.Linear
public final class Linear: Module {
  public let inFeatures: Int
  public let outFeatures: Int
  @exclusivity(unchecked) public var weight: Parameter
  @exclusivity(unchecked) public var bias: Parameter?

  /// Makes the layer; weight is drawn before bias.
  public init(
    _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, dtype: DType = .float32,
    generator: Generator? = nil
  ) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    weight = Parameter(Tensor.empty(outFeatures, inFeatures, dtype: dtype))
    Init.kaimingUniform_(weight, a: sqrt(5.0), generator: generator)
    if bias {
      self.bias = Parameter(drawn: [outFeatures], fan: inFeatures, dtype, generator)
    }
  }

  public override func forward(_ x: Tensor) -> Tensor { x.linear(weight, bias) }

  public override func multiplyAdds(_ input: Tensor, _ output: Tensor) -> Int {
    output.numel() * inFeatures
  }

  public override var extraDescription: String {
    "in_features=\(inFeatures), out_features=\(outFeatures), bias=\(bias == nil ? "False" : "True")"
  }
}

/// y_k = x1ᵀ W_k x2 + b_k.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | [out, in1, in2] | uniform in ±1/√in1 |
/// | bias | [out] | uniform in ±1/√in1 |
///
/// - Source: torch.nn.Bilinear
public final class Bilinear: Module {
  public let in1Features: Int
  public let in2Features: Int
  public let outFeatures: Int
  public var weight: Parameter
  public var bias: Parameter?

  /// Makes the layer; weight is drawn before bias.
  public init(
    _ in1Features: Int, _ in2Features: Int, _ outFeatures: Int, bias: Bool = true,
    dtype: DType = .float32, generator: Generator? = nil
  ) {
    self.in1Features = in1Features
    self.in2Features = in2Features
    self.outFeatures = outFeatures
    let bound = 1 / sqrt(Double(in1Features))
    weight = Parameter(Tensor.empty(outFeatures, in1Features, in2Features, dtype: dtype))
    Init.uniform_(weight, -bound, bound, generator: generator)
    if bias {
      let values = Parameter(Tensor.empty(outFeatures, dtype: dtype))
      Init.uniform_(values, -bound, bound, generator: generator)
      self.bias = values
    }
  }

  /// - Returns: [..., outFeatures] of inputs [..., in1Features] and [..., in2Features].
  public func callAsFunction(
    _ x1: Tensor, _ x2: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) { x1.bilinear(x2, weight, bias) }
  }

  public override var extraDescription: String {
    "in1_features=\(in1Features), in2_features=\(in2Features), out_features=\(outFeatures), "
      + "bias=\(bias == nil ? "False" : "True")"
  }
}
