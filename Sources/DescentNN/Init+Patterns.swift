import DescentCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Init {
  /// Makes a matrix the identity, as far as it goes.
  ///
  /// - Source: torch.nn.init.eye_
  @discardableResult
  public static func eye_(
    _ tensor: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard isMatrix("eye_", tensor, file, line) else { return tensor }
    return noGrad {
      tensor.copy_(Tensor.eye(tensor.shape[0], tensor.shape[1], dtype: tensor.dtype))
    }
  }

  private static func isMatrix(
    _ name: String, _ tensor: Tensor, _ file: StaticString, _ line: UInt
  ) -> Bool {
    if tensor.ndim == 2 { return true }
    Misuse(
      "Init.\(name)", "only a matrix can be filled", got: "\(Array(tensor.shape))", try: "[n, m]"
    )
    .report(file: file, line: line)
    return false
  }

  /// Makes the weight of a convolution pass as many channels through unchanged as it can.
  ///
  /// - Parameter groups: in each group of output channels the identity starts again.
  /// - Source: torch.nn.init.dirac_
  @discardableResult
  public static func dirac_(
    _ tensor: Tensor, groups: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !(3...5).contains(tensor.ndim) || groups < 1 || tensor.shape[0] % groups != 0 {
      Misuse(
        "Init.dirac_", "the tensor is no weight of a convolution in \(groups) groups",
        got: "\(Array(tensor.shape))",
        try: "[out, in, …] with 1 to 3 kernel sizes, out a multiple of groups"
      ).report(file: file, line: line)
      return tensor
    }
    return noGrad {
      _ = tensor.zero_()
      let perGroup = tensor.shape[0] / groups
      for group in 0..<groups {
        for channel in 0..<min(perGroup, tensor.shape[1]) {
          var place = tensor.select(0, group * perGroup + channel).select(0, channel)
          while place.ndim > 0 { place = place.select(0, place.shape[0] / 2) }
          _ = place.fill_(1)
        }
      }
      return tensor
    }
  }

  /// Fills a matrix with normal numbers and sets a share of each column to 0.
  ///
  /// - Parameters:
  ///   - sparsity: the share of zeros, rounded up to whole elements.
  ///   - generator: draws the numbers; which elements are 0 is drawn from the default generator.
  /// - Source: torch.nn.init.sparse_; Martens 2010
  @discardableResult
  public static func sparse_(
    _ tensor: Tensor, _ sparsity: Double, std: Double = 0.01, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard isMatrix("sparse_", tensor, file, line) else { return tensor }
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    let zeros = min(max(Int(ceil(sparsity * Double(rows))), 0), rows)
    return noGrad {
      tensor.normal_(mean: 0, std: std, generator: generator)
      for column in 0..<columns {
        for row in Tensor.randperm(rows).toArray(Int.self).prefix(zeros) {
          _ = tensor.select(0, row).select(0, column).zero_()
        }
      }
      return tensor
    }
  }

  /// Fills with normal numbers drawn again until all lie in [a, b].
  ///
  /// Where [a, b] holds little of the distribution, candidates are uniform and accepted by density.
  /// The draws are those of PyTorch 2.13, which differ from older versions'.
  /// - Source: torch.nn.init.trunc_normal_
  @discardableResult
  public static func truncNormal_(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, a: Double = -2, b: Double = 2,
    generator: Generator? = nil
  ) -> Tensor {
    func below(_ x: Double) -> Double { (1 + erf((x - mean) / std / sqrt(2.0))) / 2 }
    return noGrad {
      if below(b) - below(a) > 0.3 {
        redraw(tensor, mean, std, a, b, generator)
      } else {
        accept(tensor, mean, std, a, b, generator)
      }
      return tensor
    }
  }

  private static func redraw(
    _ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, _ b: Double,
    _ generator: Generator?
  ) {
    // The bounds as the tensor's dtype holds them.
    let low = Tensor.full([], a, dtype: tensor.dtype)
    let high = Tensor.full([], b, dtype: tensor.dtype)
    var result = tensor.detach().normal_(mean: mean, std: std, generator: generator)
    while true {
      let isInside = Tensor.where(result .< low, false, result .<= high)
      if (isInside .== false).any().item() == 0 { break }
      let fresh = Tensor.emptyLike(result).normal_(mean: mean, std: std, generator: generator)
      result = Tensor.where(isInside, result, fresh)
    }
    _ = tensor.detach().copy_(result)
  }

  private static func accept(
    _ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, _ b: Double,
    _ generator: Generator?
  ) {
    let mode = max(a, min(mean, b))
    let logPeak = -0.5 * ((mode - mean) / std) * ((mode - mean) / std)
    func rejects(_ candidates: Tensor) -> Tensor {
      let z = (candidates - mean) / std
      let logDensity = z.square() * -0.5 - logPeak
      return Tensor.emptyLike(candidates).uniform_(0, 1, generator: generator).log() .> logDensity
    }
    var result = Tensor.emptyLike(tensor).uniform_(a, b, generator: generator)
    var pending = rejects(result)
    while pending.any().item() != 0 {
      let candidates = Tensor.emptyLike(tensor).uniform_(a, b, generator: generator)
      result = Tensor.where(pending, candidates, result)
      pending = Tensor.where(pending, rejects(candidates), false)
    }
    _ = tensor.detach().copy_(result)
  }
}
