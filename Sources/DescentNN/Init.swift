import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Initial values of parameters, bit for bit those of PyTorch for a seed.
///
/// - Source: torch.nn.init
public enum Init {
  /// Which fan a Kaiming initialiser preserves the variance for.
  public enum FanMode: Sendable { case fanIn, fanOut }

  /// The nonlinearity behind a layer.
  public enum Nonlinearity: Sendable {
    case linear, conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d
    case sigmoid, tanh, relu, selu
    case leakyReLU(negativeSlope: Double = 0.01)
  }

  /// The factor by which a nonlinearity shrinks the standard deviation, inverted.
  ///
  /// - Source: torch.nn.init.calculate_gain
  public static func calculateGain(_ nonlinearity: Nonlinearity) -> Double {
    switch nonlinearity {
    case .linear, .conv1d, .conv2d, .conv3d: 1
    case .convTranspose1d, .convTranspose2d, .convTranspose3d, .sigmoid: 1
    case .tanh: 5.0 / 3
    case .relu: sqrt(2.0)
    case .selu: 3.0 / 4
    case .leakyReLU(let slope): sqrt(2.0 / (1 + slope * slope))
    }
  }

  /// The numbers of inputs and outputs of one unit: sizes 1 and 0, times the size of the kernel.
  public static func fans(
    _ tensor: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> (fanIn: Int, fanOut: Int) {
    if tensor.ndim < 2 {
      Misuse(
        "Init", "fan-in and fan-out need two dimensions", got: "\(Array(tensor.shape))",
        try: "a weight of shape [out, in, …]"
      ).report(file: file, line: line)
      return (1, 1)
    }
    let field = tensor.shape.dropFirst(2).reduce(1, *)
    return (tensor.shape[1] * field, tensor.shape[0] * field)
  }

  // MARK: simple distributions

  /// Fills with numbers uniform in [a, b).
  ///
  /// - Source: torch.nn.init.uniform_
  @discardableResult
  public static func uniform_(
    _ tensor: Tensor, _ a: Double = 0, _ b: Double = 1, generator: Generator? = nil
  ) -> Tensor { noGrad { tensor.uniform_(a, b, generator: generator) } }

  /// Fills with normal numbers.
  ///
  /// - Source: torch.nn.init.normal_
  @discardableResult
  public static func normal_(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, generator: Generator? = nil
  ) -> Tensor { noGrad { tensor.normal_(mean: mean, std: std, generator: generator) } }

  /// Fills with one value.
  ///
  /// - Source: torch.nn.init.constant_
  @discardableResult
  public static func constant_(_ tensor: Tensor, _ value: Double) -> Tensor {
    noGrad { tensor.fill_(value) }
  }

  /// Fills with 1.
  @discardableResult
  public static func ones_(_ tensor: Tensor) -> Tensor { constant_(tensor, 1) }

  /// Fills with 0.
  @discardableResult
  public static func zeros_(_ tensor: Tensor) -> Tensor { constant_(tensor, 0) }

  // MARK: scaled to the sizes of a layer

  /// Uniform in ±gain sqrt(6 / (fan-in + fan-out)).
  ///
  /// - Source: torch.nn.init.xavier_uniform_; Glorot and Bengio 2010
  @discardableResult
  public static func xavierUniform_(
    _ tensor: Tensor, gain: Double = 1, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let (fanIn, fanOut) = fans(tensor, file: file, line: line)
    let std = gain * sqrt(2.0 / Double(fanIn + fanOut))
    let bound = sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator: generator)
  }

  /// Normal with standard deviation gain sqrt(2 / (fan-in + fan-out)).
  ///
  /// - Source: torch.nn.init.xavier_normal_
  @discardableResult
  public static func xavierNormal_(
    _ tensor: Tensor, gain: Double = 1, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let (fanIn, fanOut) = fans(tensor, file: file, line: line)
    let std = gain * sqrt(2.0 / Double(fanIn + fanOut))
    return normal_(tensor, std: std, generator: generator)
  }

  /// Uniform in ±gain sqrt(3 / fan).
  ///
  /// - Parameter a: the negative slope of the leaky ReLU behind the layer.
  /// - Source: torch.nn.init.kaiming_uniform_; He et al. 2015
  @discardableResult
  public static func kaimingUniform_(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    if tensor.numel() == 0 { return tensor }
    let std = kaimingStd(tensor, a, mode, nonlinearity, file, line)
    let bound = sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator: generator)
  }

  /// Normal with standard deviation gain / sqrt(fan).
  ///
  /// - Source: torch.nn.init.kaiming_normal_
  @discardableResult
  public static func kaimingNormal_(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    if tensor.numel() == 0 { return tensor }
    let std = kaimingStd(tensor, a, mode, nonlinearity, file, line)
    return normal_(tensor, std: std, generator: generator)
  }

  private static func kaimingStd(
    _ tensor: Tensor, _ a: Double, _ mode: FanMode, _ nonlinearity: Nonlinearity?,
    _ file: StaticString, _ line: UInt
  ) -> Double {
    let (fanIn, fanOut) = fans(tensor, file: file, line: line)
    let gain = calculateGain(nonlinearity ?? .leakyReLU(negativeSlope: a))
    return gain / sqrt(Double(mode == .fanIn ? fanIn : fanOut))
  }
}

extension Parameter {
  /// A parameter drawn uniform in ±1/√fan, as biases and the weights of recurrent layers are.
  convenience init(drawn shape: Shape, fan: Int, _ dtype: DType, _ generator: Generator?) {
    self.init(Tensor.empty(shape, dtype: dtype))
    let bound = fan > 0 ? 1 / Double(fan).squareRoot() : 0
    Init.uniform_(self, -bound, bound, generator: generator)
  }
}
