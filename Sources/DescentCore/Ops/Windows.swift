// Numbers by formula: powers at equal distances, windows of signal processing.

extension Tensor {
  /// `steps` powers of `base` whose exponents lie at equal distances from `start` to `end`.
  ///
  /// - Source: torch.logspace
  public static func logspace(
    _ start: some Scalar, _ end: some Scalar, _ steps: Int, base: Double = 10,
    dtype: DType = .float32, requiresGrad: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    if steps < 0 {
      Misuse("logspace", "the number of steps is negative", got: "\(steps)", try: "0 or more")
        .raise(
          file: file, line: line)
      return .poison
    }
    let result = noGrad {
      let exponents = linspace(start, end, steps, dtype: .float64)
      return powerOfBaseOp.apply(TensorList(exponents), scalars: ScalarList(.double(base))).to(
        dtype)
    }
    return requiresGrad ? result.requiresGrad_(file: file, line: line) : result
  }

  private static let powerOfBaseOp = Pointwise(
    "pow", inputs: 1, scalars: 1
  ) { x, s in .apply(.pow, s[0], x[0]) }

  /// A window of one arch of a sine squared: 0.5 - 0.5 cos(2 pi i / (n - 1)).
  ///
  /// - Parameter periodic: divides by n instead of n - 1: for spectra. PyTorch's `torch.hann_window`
  ///   has it on; `torch.signal.windows.hann(sym: True)` is `periodic: false`.
  /// - Source: torch.hann_window
  public static func hannWindow(
    _ length: Int, periodic: Bool = true, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { cosineWindow("hannWindow", length, [0.5, 0.5], periodic, dtype, file, line) }

  /// A raised Hann window: alpha - beta cos(2 pi i / (n - 1)).
  ///
  /// - Source: torch.hamming_window
  public static func hammingWindow(
    _ length: Int, periodic: Bool = true, alpha: Double = 0.54, beta: Double = 0.46,
    dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { cosineWindow("hammingWindow", length, [alpha, beta], periodic, dtype, file, line) }

  /// 0.42 - 0.5 cos(2 pi i / (n - 1)) + 0.08 cos(4 pi i / (n - 1)).
  ///
  /// - Source: torch.blackman_window
  public static func blackmanWindow(
    _ length: Int, periodic: Bool = true, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    cosineWindow("blackmanWindow", length, [0.42, 0.5, 0.08], periodic, dtype, file, line)
  }

  /// Sum over k of (-1)^k a_k cos(2 pi k i / n).
  private static func cosineWindow(
    _ operation: String, _ length: Int, _ coefficients: [Double], _ periodic: Bool, _ dtype: DType,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    if length < 0 || (dtype != .float32 && dtype != .float64) {
      Misuse(
        operation, "a length from 0 up and a dtype float32 or float64 are needed",
        got: "\(length), \(dtype.name)", try: "dtype: .float32"
      ).raise(file: file, line: line)
      return .poison
    }
    if length <= 1 { return ones([length], dtype: dtype) }
    return noGrad {
      let turn = 2 * Double.pi / Double(periodic ? length : length - 1)
      let angle = arange(length, dtype: .float64) * turn
      var sum = full([length], coefficients[0], dtype: .float64)
      for k in 1..<coefficients.count {
        let wave = (angle * Double(k)).cos() * coefficients[k]
        sum = k % 2 == 1 ? sum - wave : sum + wave
      }
      return sum.to(dtype)
    }
  }
}
