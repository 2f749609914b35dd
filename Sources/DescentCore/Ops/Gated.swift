// Activations of two operands: a trained slope, gates.

extension Pointwise {
  static let preluOp = Pointwise("prelu_kernel", result: .promoted) { x, weight in
    select(x .> 0, x, weight * x)
  }
  static let gluOp = Pointwise("glu", result: .promoted) { a, b in a * sigmoid(b) }
}

extension Tensor {
  /// x where positive, else weight x.
  ///
  /// - Parameter weight: one number, or one for each channel (dimension 1).
  /// - Gradient: that of the weight is the sum of g x where x <= 0.
  /// - Source: torch.nn.functional.prelu; He et al. 2015
  public final func prelu(
    _ weight: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let channels = ndim >= 2 ? shape[1] : 1
    if weight.ndim > 1 || (weight.numel() != 1 && weight.numel() != channels) {
      Misuse(
        "prelu", "weight has one number, or one for each channel",
        got: "weight \(weight.shape.brackets) for \(channels) channels in \(shape.brackets)",
        try: "a weight of shape [\(channels)]"
      ).raise(file: file, line: line)
      return .poison
    }
    if weight.dtype != dtype {
      Misuse(
        "prelu", "weight and input have different dtypes",
        got: "\(weight.dtype.name) and \(dtype.name)",
        try: "to(.\(dtype.name)) for one of them"
      ).raise(file: file, line: line)
      return .poison
    }
    var sizes = [Int](repeating: 1, count: ndim)
    if ndim >= 2 { sizes[1] = weight.numel() }
    return Pointwise.preluOp.binary(self, weight.reshape(sizes), file: file, line: line)
  }

  /// The first half of a dimension times the sigmoid of the second half.
  ///
  /// - Precondition: the dimension's size is even.
  /// - Source: torch.nn.functional.glu; Dauphin et al. 2016
  public final func glu(
    dim: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try Rules.floating("glu", self.dtype)
      let d = try Rules.dim("glu", dim, of: self.shape)
      if ndim == 0 || shape[d] % 2 != 0 {
        throw Misuse(
          "glu", "the dimension has no two halves", got: "\(shape.brackets) along dim \(dim)",
          try: "an even size")
      }
      return d
    }
    guard let d = checked else { return .poison }
    let half = shape[d] / 2
    return Pointwise.gluOp.binary(
      narrow(d, 0, half), narrow(d, half, half), file: file, line: line)
  }

  /// The softmax of -x along `dim`.
  ///
  /// - Source: torch.nn.functional.softmin
  public final func softmin(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { (-(dtype.map { to($0) } ?? self)).softmax(dim: dim, file: file, line: line) }
}
