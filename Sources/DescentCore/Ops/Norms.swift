// Norms of vectors and matrices, distances, and scaling to a norm.

/// What `matrixNorm` measures.
public enum MatrixNorm: Sendable {
  /// The root of the sum of squares: Frobenius.
  case fro
  /// The largest sum of absolute values of a column.
  case one
  /// The smallest sum of absolute values of a column.
  case minusOne
  /// The largest sum of absolute values of a row.
  case infinity
  /// The smallest sum of absolute values of a row.
  case minusInfinity
}

extension Pointwise {
  static let squareToSum = Pointwise("linalg_vector_norm", result: .promoted) { x in x * x }
  static let absToSum = Pointwise("linalg_vector_norm", result: .promoted) { x in abs(x) }
  static let powerToSum = Pointwise(
    "linalg_vector_norm", result: .promoted, inputs: 1, scalars: 1
  ) { x, s in pow(abs(x[0]), s[0]) }
}

extension Tensor {
  /// Returns the p-norm (Σ |x|ᵖ)^(1/p) along several dimensions (none named: all). For infinity it is the
  /// largest |x|, for -infinity the smallest, for 0 the number of elements that are not zero.
  ///
  /// - Precondition: a floating-point tensor; elements where p is negative or infinite.
  /// - Gradient: g sgn(x) |x|ᵖ⁻¹ / yᵖ⁻¹, 0 where y is 0, none for p = 0; shared evenly by the elements of largest size.
  /// - Source: torch.linalg.vector_norm
  public final func vectorNorm(
    _ p: Double = 2, dim: [Int] = [], keepDim: Bool = false, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let source = dtype.map { to($0) } ?? self
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      try Rules.floating("vectorNorm", source.dtype)
      let mask = try Rules.dims("vectorNorm", dim, of: self.shape) & Tensor.allDims(self.shape)
      if p < 0 || p == .infinity { try Rules.notEmpty("vectorNorm", self.shape, mask) }
      return mask
    }
    guard let mask = checked else { return .poison }
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let output = noGrad { source.norm(p, mask) }
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    if recording(source) {
      output.record(
        "LinalgVectorNormBackward0", TensorList(source), saving: TensorList(source, output),
        file: file, line: line
      ) { step, g in
        if p == 0 { return }  // a count has no gradient
        let (x, y) = (step.saved(0), step.saved(1).reshape(kept))
        step.give(0, Tensor.normGradient(x, y, g.reshape(kept), p, mask))
      }
    }
    return output
  }

  public final func vectorNorm(
    _ p: Double = 2, dim: Int, keepDim: Bool = false, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { vectorNorm(p, dim: [dim], keepDim: keepDim, dtype: dtype, file: file, line: line) }

  /// Returns the p-norm, by default the length of all elements taken as one vector.
  ///
  /// - Source: torch.norm
  public final func norm(
    _ p: Double = 2, dim: [Int] = [], keepDim: Bool = false, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { vectorNorm(p, dim: dim, keepDim: keepDim, dtype: dtype, file: file, line: line) }

  public final func norm(
    _ p: Double = 2, dim: Int, keepDim: Bool = false, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { vectorNorm(p, dim: [dim], keepDim: keepDim, dtype: dtype, file: file, line: line) }

  /// Returns a norm of the matrices that lie in two dimensions.
  ///
  /// - Precondition: a floating-point tensor of at least two dimensions.
  /// - Source: torch.linalg.matrix_norm
  public final func matrixNorm(
    _ norm: MatrixNorm = .fro, dim: (Int, Int) = (-2, -1), keepDim: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Int) in
      try Rules.floating("matrixNorm", self.dtype)
      let rows = try Rules.dim("matrixNorm", dim.0, of: self.shape)
      let columns = try Rules.dim("matrixNorm", dim.1, of: self.shape)
      if self.ndim < 2 || rows == columns {
        throw Misuse(
          "matrixNorm", "two dimensions of a matrix are needed",
          got: "dims \(dim.0) and \(dim.1) of \(self.shape.brackets)", try: "vectorNorm")
      }
      return (rows, columns)
    }
    guard let (rows, columns) = checked else { return .poison }
    func extreme(_ summed: Int, _ other: Int, largest: Bool) -> Tensor {
      let sums = vectorNorm(1, dim: summed, keepDim: true, file: file, line: line)
      let kept =
        largest
        ? sums.amax(dim: other, keepDim: true, file: file, line: line)
        : sums.amin(dim: other, keepDim: true, file: file, line: line)
      return keepDim ? kept : kept.squeeze([rows, columns])
    }
    switch norm {
    case .fro: return vectorNorm(2, dim: [rows, columns], keepDim: keepDim, file: file, line: line)
    case .one: return extreme(rows, columns, largest: true)
    case .minusOne: return extreme(rows, columns, largest: false)
    case .infinity: return extreme(columns, rows, largest: true)
    case .minusInfinity: return extreme(columns, rows, largest: false)
    }
  }

  /// Returns the p-norm of the difference; the operands broadcast.
  ///
  /// - Source: torch.dist
  public final func dist(
    _ other: Tensor, p: Double = 2, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { sub(other, file: file, line: line).norm(p, file: file, line: line) }

  /// Returns x divided by its p-norm along a dimension, which counts as at least eps.
  ///
  /// - Source: torch.nn.functional.normalize
  public final func normalize(
    p: Double = 2, dim: Int = 1, eps: Double = 1e-12, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    self / norm(p, dim: dim, keepDim: true, file: file, line: line).clamp(min: eps)
  }

  /// Returns the tensor with every slice along `dim` whose p-norm exceeds maxNorm scaled down to it.
  ///
  /// - Precondition: at least two dimensions, p positive.
  /// - Source: torch.renorm
  public final func renorm(
    _ p: Double, _ dim: Int, _ maxNorm: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> [Int] in
      try Rules.floating("renorm", self.dtype)
      let d = try Rules.dim("renorm", dim, of: self.shape)
      if self.ndim < 2 || p <= 0 || maxNorm < 0 {
        throw Misuse(
          "renorm", "slices of two or more dimensions, a positive p and no negative norm are needed",
          got: "\(self.shape.brackets), p \(p), maxNorm \(maxNorm)", try: "normalize")
      }
      return (0..<self.ndim).filter { $0 != d }
    }
    guard let others = checked else { return .poison }
    let norms = vectorNorm(p, dim: others, keepDim: true, file: file, line: line)
    return self * Tensor.where(norms .> maxNorm, maxNorm / (norms + 1e-7), 1)
  }

  // MARK: forward and gradient

  private func norm(_ p: Double, _ mask: UInt32) -> Tensor {
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    if p == .infinity || p == -.infinity {
      let sizes = abs()
      return mask == 0 ? sizes : sizes.extremeSize(mask, largest: p > 0)
    }
    if kept.elementCount == 0 { return Tensor.zeros(kept, dtype: dtype) }
    func sum(_ operation: Pointwise, _ scalars: ScalarList = ScalarList()) -> Tensor {
      Tensor.sumProgram(operation.program, TensorList(self), scalars, to: kept, dtype)
    }
    switch p {
    case 0: return (self .!= 0).sum(mask: mask, keepDim: true).to(dtype)
    case 1: return sum(.absToSum)
    case 2: return sum(.squareToSum).sqrt()
    default: return sum(.powerToSum, ScalarList(.double(p))).pow(1 / p)
    }
  }

  private func extremeSize(_ mask: UInt32, largest: Bool) -> Tensor {
    let dims = (0..<ndim).filter { mask & (1 << UInt32($0)) != 0 }
    return largest ? amax(dim: dims, keepDim: true) : amin(dim: dims, keepDim: true)
  }

  /// All but the incoming gradient have kept dims.
  private static func normGradient(
    _ x: Tensor, _ y: Tensor, _ g: Tensor, _ p: Double, _ mask: UInt32
  ) -> Tensor {
    switch p {
    case 1: return g * x.sgn()
    case 2: return g * (x / y).maskedFill(y .== 0, 0)
    case .infinity, -.infinity:
      let sizes = x.abs()
      let isExtreme = (sizes .== y).logicalOr(sizes.isnan())
      return x.sgn() * (g / isExtreme.sum(mask: mask, keepDim: true) * isExtreme)
    case ..<1:
      let slopes = x.sgn() * x.abs().pow(p - 1).maskedFill(x .== 0, 0)
      return slopes * g * y.pow(1 - p)
    case ..<2:
      let scale = (g / y.pow(p - 1)).maskedFill(y .== 0, 0)
      return x.sgn() * x.abs().pow(p - 1) * scale
    default:
      let scale = (g / y.pow(p - 1)).maskedFill(y .== 0, 0)
      return x * x.abs().pow(p - 2) * scale
    }
  }
}
