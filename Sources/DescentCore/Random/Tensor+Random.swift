// New tensors of random numbers.

extension Tensor {
  /// Uniform numbers in [0, 1): `Tensor.rand(2, 3)`; without sizes a 0-d tensor.
  ///
  /// ```swift
  /// manualSeed(0)
  /// print(Tensor.rand(2))  // tensor([0.4963, 0.7682])
  /// ```
  /// - Source: torch.rand
  public static func rand(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    rand(
      Shape(sizes, file: file, line: line), dtype: dtype, device: device,
      requiresGrad: requiresGrad, generator: generator, file: file, line: line)
  }

  /// Uniform numbers in [0, 1) of a given shape.
  public static func rand(
    _ shape: Shape, dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    drawn("rand", shape, dtype, device, requiresGrad, floating: true, file, line) {
      $0.uniform_(generator: generator, file: file, line: line)
    }
  }

  /// Standard normal numbers: `Tensor.randn(2, 3)`; without sizes a 0-d tensor.
  ///
  /// - Source: torch.randn
  public static func randn(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    randn(
      Shape(sizes, file: file, line: line), dtype: dtype, device: device,
      requiresGrad: requiresGrad, generator: generator, file: file, line: line)
  }

  /// Standard normal numbers of a given shape.
  public static func randn(
    _ shape: Shape, dtype: DType = .float32, device: Device = .cpu, requiresGrad: Bool = false,
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    drawn("randn", shape, dtype, device, requiresGrad, floating: true, file, line) {
      $0.normal_(generator: generator, file: file, line: line)
    }
  }

  /// Integers in [low, high), each equally likely.
  ///
  /// - Precondition: `randint: the range is empty. Got 5 and 5. Try low < high.`
  /// - Source: torch.randint
  public static func randint(
    _ low: Int, _ high: Int, _ shape: Shape, dtype: DType = .int64, device: Device = .cpu,
    requiresGrad: Bool = false, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.integerRange("randint", low, high, dtype)
    }
    if checked == nil { return .poison }
    return drawn("randint", shape, dtype, device, requiresGrad, floating: false, file, line) {
      $0.random_(low, high, generator: generator, file: file, line: line)
    }
  }

  /// Integers in [0, high).
  public static func randint(
    _ high: Int, _ shape: Shape, dtype: DType = .int64, device: Device = .cpu,
    requiresGrad: Bool = false, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    randint(
      0, high, shape, dtype: dtype, device: device, requiresGrad: requiresGrad,
      generator: generator, file: file, line: line)
  }

  /// The numbers 0 to n - 1 in random order.
  ///
  /// - Source: torch.randperm
  public static func randperm(
    _ n: Int, dtype: DType = .int64, device: Device = .cpu, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    drawn("randperm", [n], .int64, device, false, floating: false, file, line) { order in
      do throws(Misuse) {
        try order.device.backend.random(
          RandomCall(
            distribution: .permutation, generator: generator ?? .default, output: order))
      } catch { error.raise(file: file, line: line) }
    }.to(dtype)
  }

  /// Normal numbers of one mean and standard deviation.
  ///
  /// - Source: torch.normal
  public static func normal(
    mean: Double, std: Double, _ shape: Shape, dtype: DType = .float32, device: Device = .cpu,
    requiresGrad: Bool = false, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    drawn("normal", shape, dtype, device, requiresGrad, floating: true, file, line) {
      $0.normal_(mean: mean, std: std, generator: generator, file: file, line: line)
    }
  }

  /// Normal numbers, each with its own mean and standard deviation; the two broadcast.
  ///
  /// - Gradient: none; for one use `mean + std * Tensor.randnLike(mean)`.
  /// - Source: torch.normal
  public static func normal(
    mean: Tensor, std: Tensor, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let shape = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      if std.numel() > 0 {
        try Rules.parameter(
          "normal", std.least >= 0, "a standard deviation is negative", "\(std.least)", "std >= 0")
      }
      return try Rules.broadcast("normal", mean.shape, std.shape)
    }
    guard let shape else { return .poison }
    let dtype = DType.promote(mean.dtype, std.dtype)
    return drawn("normal", shape, dtype, mean.device, false, floating: true, file, line) { output in
      output.normal_(generator: generator, file: file, line: line)
      noGrad {
        output *= std.detach()
        output += mean.detach()
      }
    }
  }

  /// Normal numbers, each with its own mean.
  public static func normal(
    mean: Tensor, std: Double = 1, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    drawn("normal", mean.shape, mean.dtype, mean.device, false, floating: true, file, line) {
      output in
      output.normal_(std: std, generator: generator, file: file, line: line)
      noGrad { output += mean.detach() }
    }
  }

  /// Normal numbers, each with its own standard deviation.
  public static func normal(
    mean: Double, std: Tensor, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    normal(
      mean: Tensor.full([], mean, dtype: std.dtype), std: std, generator: generator, file: file,
      line: line)
  }

  // MARK: like another tensor

  /// Uniform numbers in [0, 1), of another tensor's shape, dtype and order in memory.
  ///
  /// - Source: torch.rand_like
  public static func randLike(
    _ other: Tensor, dtype: DType? = nil, requiresGrad: Bool = false, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    drawnLike(other, dtype, requiresGrad, file, line) {
      $0.uniform_(generator: generator, file: file, line: line)
    }
  }

  /// Standard normal numbers, of another tensor's shape, dtype and order in memory.
  ///
  /// - Source: torch.randn_like
  public static func randnLike(
    _ other: Tensor, dtype: DType? = nil, requiresGrad: Bool = false, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    drawnLike(other, dtype, requiresGrad, file, line) {
      $0.normal_(generator: generator, file: file, line: line)
    }
  }

  /// Integers in [low, high), of another tensor's shape, dtype and order in memory.
  ///
  /// - Source: torch.randint_like
  public static func randintLike(
    _ other: Tensor, _ low: Int, _ high: Int, dtype: DType? = nil, requiresGrad: Bool = false,
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    drawnLike(other, dtype, requiresGrad, file, line) {
      $0.random_(low, high, generator: generator, file: file, line: line)
    }
  }

  private static func drawnLike(
    _ other: Tensor, _ dtype: DType?, _ requiresGrad: Bool, _ file: StaticString, _ line: UInt,
    _ draw: (Tensor) -> Void
  ) -> Tensor {
    let tensor = Tensor(empty: other.layout.preserved, dtype: dtype ?? other.dtype)
    draw(tensor)
    tensor.storage.version = 0
    if requiresGrad { tensor.requiresGrad_(file: file, line: line) }
    return tensor
  }

  /// Checks shape and dtype, allocates and draws; a new tensor starts at version 0.
  private static func drawn(
    _ name: String, _ shape: Shape, _ dtype: DType, _ device: Device, _ requiresGrad: Bool,
    floating: Bool, _ file: StaticString, _ line: UInt, _ draw: (Tensor) -> Void
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if floating { try Rules.floating(name, dtype) }
    }
    guard checked != nil, let tensor = make(name, shape, dtype, device, false, file, line) else {
      return .poison
    }
    draw(tensor)
    tensor.storage.version = 0
    if requiresGrad { tensor.requiresGrad_(file: file, line: line) }
    return tensor
  }
}
