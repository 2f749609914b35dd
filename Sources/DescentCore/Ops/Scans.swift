// Running sums and products along one dimension.

extension Tensor {
  /// Returns the running sum along a dimension; integers and bool give int64.
  ///
  /// - Parameter dtype: what the elements are converted to first; not bool.
  /// - Gradient: the running sum of g from the end.
  /// - Source: torch.cumsum
  public final func cumsum(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let source = scanSource("cumsum", dtype, file, line),
      let d = source.checkedDim("cumsum", dim, file, line)
    else { return .poison }
    return source.ndim == 0 ? source.clone() : source.runningSum(d, fromEnd: false, file, line)
  }

  /// Returns the running product along a dimension; integers and bool give int64.
  ///
  /// - Parameter dtype: what the elements are converted to first; not bool.
  /// - Gradient: for each element the sum over the products that it takes part in of g and their other
  ///   factors; exact where elements are zero.
  /// - Source: torch.cumprod
  public final func cumprod(
    dim: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let source = scanSource("cumprod", dtype, file, line),
      let d = source.checkedDim("cumprod", dim, file, line)
    else { return .poison }
    if source.ndim == 0 { return source.clone() }
    let output = source.scanned(.prod, d, fromEnd: false)
    if recording(source) {
      output.record(
        "CumprodBackward0", TensorList(source), saving: TensorList(source, output), file: file,
        line: line
      ) { step, g in
        step.give(0, Tensor.cumprodGradient(step.saved(0), step.saved(1), g, d))
      }
    }
    return output
  }

  /// Returns log(exp(x₀) + … + exp(xᵢ)) along a dimension, without overflow.
  ///
  /// - Precondition: a floating-point tensor.
  /// - Gradient: exp(x) times the sum from the end of g exp(-y), in logarithms.
  /// - Source: torch.logcumsumexp
  public final func logcumsumexp(
    dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try Rules.floating("logcumsumexp", self.dtype)
      return try Rules.dim("logcumsumexp", dim, of: self.shape)
    }
    guard let d = checked else { return .poison }
    return ndim == 0 ? clone() : runningLogSumExp(d, fromEnd: false, file, line)
  }

  /// The elements that a running sum or product takes, or nil after the misuse was raised.
  private func scanSource(
    _ operation: String, _ dtype: DType?, _ file: StaticString, _ line: UInt
  ) -> Tensor? {
    if dtype == .bool {
      Misuse(operation, "bool has no running total", got: "dtype bool", try: "dtype .int64")
        .raise(file: file, line: line)
      return nil
    }
    return dtype.map { to($0) } ?? (self.dtype.isFloatingPoint ? self : to(.int64))
  }

  /// Runs a scan, forwards or backwards: then both tensors are seen in the opposite order.
  private func scanned(_ op: Scan, _ d: Int, fromEnd: Bool) -> Tensor {
    let output = Tensor(empty: shape, dtype: dtype, device: device)
    func seen(_ x: Tensor) -> Tensor {
      fromEnd
        ? Tensor(storage: x.storage, layout: x.layout.flipped(1 << UInt32(d)), dtype: x.dtype) : x
    }
    device.backend.scan(
      ScanCall(op: op, input: seen(inLines()), dim: d, output: seen(output), indices: nil))
    return output
  }

  private func runningSum(
    _ d: Int, fromEnd: Bool, _ file: StaticString = "", _ line: UInt = 0
  ) -> Tensor {
    let output = scanned(.sum, d, fromEnd: fromEnd)
    if recording(self) {
      output.record("CumsumBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, g.runningSum(d, fromEnd: !fromEnd))
      }
    }
    return output
  }

  private func runningLogSumExp(
    _ d: Int, fromEnd: Bool, _ file: StaticString = "", _ line: UInt = 0
  ) -> Tensor {
    let output = scanned(.logsumexp, d, fromEnd: fromEnd)
    if recording(self) {
      output.record(
        "LogcumsumexpBackward0", TensorList(self), saving: TensorList(self, output), file: file,
        line: line
      ) { step, g in
        let (x, y) = (step.saved(0), step.saved(1))
        // Positive and negative parts of g apart, as only they have logarithms.
        func part(_ g: Tensor) -> Tensor {
          let isPositive = g .> 0
          let logarithm = Tensor.where(isPositive, g, 1).log() - y
          let terms = Tensor.where(isPositive, logarithm, -Double.infinity)
          return (terms.runningLogSumExp(d, fromEnd: !fromEnd) + x).exp()
        }
        step.give(0, part(g) - part(-g))
      }
    }
    return output
  }

  /// The gradient of the running product y of x.
  ///
  /// Where xᵢ is not zero, it is the sum of gⱼ yⱼ for j ≥ i, divided by xᵢ. For a zero the products
  /// without it are made anew; those of a second zero contain the first and vanish, but not their
  /// derivatives.
  private static func cumprodGradient(_ x: Tensor, _ y: Tensor, _ g: Tensor, _ d: Int) -> Tensor {
    let isZero = x .== 0
    let sums = (g * y).runningSum(d, fromEnd: true)
    if !isZero.any().item(as: Bool.self) { return sums / x }
    var result = Tensor.where(isZero, 0, sums / Tensor.where(isZero, 1, x))
    let rank = isZero.cumsum(dim: d)
    let last = GradMode.isEnabled ? rank.max().item(as: Int.self) : 1
    for r in 1...last {
      let place = isZero.logicalAnd(rank .== r)
      let others = Tensor.where(place, 1, x).cumprod(dim: d)
      result = Tensor.where(place, (g * others).runningSum(d, fromEnd: true), result)
    }
    return result
  }
}
