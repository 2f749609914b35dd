// Activations, each one pass over memory.

extension Pointwise {
  static let reluOp = Pointwise("relu", result: .promoted) { x in relu(x) }
  static let leakyReluOp = Pointwise("leaky_relu", inputs: 1, scalars: 1) { x, s in
    select(x[0] .> 0, x[0], x[0] * s[0])
  }
  static let eluOp = Pointwise("elu", inputs: 1, scalars: 1) { x, s in
    // The branch not taken sees 0: its gradient would be 0 times infinity.
    select(x[0] .<= 0, s[0] * expm1(select(x[0] .<= 0, x[0], 0)), x[0])
  }
  static let geluOp = Pointwise("gelu") { x in
    0.5 * x * (1 + erf(x * 0.707106781186547524))
  }
  static let siluOp = Pointwise("silu") { x in x * sigmoid(x) }
  static let softplusOp = Pointwise("softplus", inputs: 1, scalars: 2) { x, s in
    let z = x[0] * s[0]
    return select(z .> s[1], x[0], log1p(exp(select(z .> s[1], 0, z))) / s[0])
  }
  static let mishOp = Pointwise("mish") { x in x * tanh(softplus(x)) }
}

extension Tensor {
  /// max(x, 0).
  ///
  /// - Gradient: g where x > 0, else 0.
  /// - Source: torch.nn.functional.relu
  public final func relu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.reluOp(self, file: file, line: line)
  }

  /// x where positive, else negativeSlope x.
  ///
  /// - Source: torch.nn.functional.leaky_relu
  public final func leakyRelu(
    negativeSlope: Double = 0.01, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.leakyReluOp.unary(self, ScalarList(.double(negativeSlope)), file: file, line: line)
  }

  /// x where positive, else alpha (exp(x) - 1).
  ///
  /// - Source: torch.nn.functional.elu, Clevert et al. 2015
  public final func elu(
    alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.eluOp.unary(self, ScalarList(.double(alpha)), file: file, line: line)
  }

  /// x times the standard normal's distribution function.
  ///
  /// - Source: torch.nn.functional.gelu, Hendrycks and Gimpel 2016
  public final func gelu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.geluOp(self, file: file, line: line)
  }

  /// x sigmoid(x).
  ///
  /// - Source: torch.nn.functional.silu
  public final func silu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.siluOp(self, file: file, line: line)
  }

  /// log(1 + exp(beta x)) / beta, and x itself where beta x > threshold.
  ///
  /// - Source: torch.nn.functional.softplus
  public final func softplus(
    beta: Double = 1, threshold: Double = 20, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Pointwise.softplusOp.unary(
      self, ScalarList(.double(beta), .double(threshold)), file: file, line: line)
  }

  /// x tanh(softplus(x)).
  ///
  /// - Source: torch.nn.functional.mish, Misra 2019
  public final func mish(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.mishOp(self, file: file, line: line)
  }
}
