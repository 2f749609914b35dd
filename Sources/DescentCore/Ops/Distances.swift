// Distances between all pairs of rows.

/// When `cdist` computes Euclidean distances by a matrix product: fast, but less exact for near points.
public enum CdistComputeMode: String, Sendable, CaseIterable, CustomStringConvertible {
  /// With more than 25 rows on a side.
  case useMMForEuclidDistIfNecessary = "use_mm_for_euclid_dist_if_necessary"
  case useMMForEuclidDist = "use_mm_for_euclid_dist"
  case doNotUseMMForEuclidDist = "donot_use_mm_for_euclid_dist"
  /// PyTorch's text.
  public var description: String { rawValue }
}

/// The programs of one p: what is summed (for infinity: whose maximum is taken) over a row, and the share
/// of a coordinate in the gradient.
///
/// The derivative of d = |z| is sign(z) (|z_i| / d)^(p - 1) for coordinate i, and 0 where z_i or d is:
/// in that form no power overflows before d does.
private struct PNorm: Sendable {
  let summand: Pointwise
  /// Of the incoming gradient, the two rows, and d.
  let share: Pointwise

  static func of(_ p: Double) -> PNorm {
    switch p {
    case 0: zero
    case 1: one
    case 2: two
    case .infinity: largest
    default: other
    }
  }

  private init(
    _ summand: (_ size: Term, _ p: Term) -> Term,
    derivative: (_ z: Term, _ distance: Term, _ p: Term) -> Term
  ) {
    self.summand = Pointwise("cdist", inputs: 2, scalars: 1) { x, s in
      summand(abs(x[0] - x[1]), s[0])
    }
    share = Pointwise("cdist_backward", inputs: 4, scalars: 1) { x, s in
      x[0] * derivative(x[1] - x[2], x[3], s[0])
    }
  }

  private static let zero = PNorm({ size, _ in minimum(ceil(size), .constant(1)) }) { _, _, _ in
    .constant(0)
  }
  private static let one = PNorm({ size, _ in size }) { z, _, _ in sign(z) }
  private static let two = PNorm({ size, _ in square(size) }) { z, distance, _ in
    select(distance .== 0, 0, z / select(distance .== 0, 1, distance))
  }
  private static let largest = PNorm({ size, _ in size }) { z, distance, _ in
    select(abs(z) .== distance, sign(z), 0)
  }
  private static let other = PNorm({ size, p in pow(size, p) }) { z, distance, p in
    let isFlat = (z .== 0) | (distance .== 0)
    let ratio = select(isFlat, 1, abs(z)) / select(isFlat, 1, distance)
    return select(isFlat, 0, sign(z) * pow(ratio, p - 1))
  }
}

extension Pointwise {
  /// g / d, and 0 where d is.
  fileprivate static let distanceRatio = Pointwise("cdist_backward", inputs: 2, scalars: 0) {
    x, _ in
    select(x[1] .== 0, 0, x[0] / select(x[1] .== 0, 1, x[1]))
  }
}

extension Tensor {
  /// Returns the distances of all rows of this tensor from all rows of the other.
  ///
  /// d[i, j] = (Σ |x[i] - y[j]|^p)^(1/p); the number of different coordinates for p = 0, the largest
  /// difference for infinity.
  /// - Parameters:
  ///   - other: [..., r, m] for [..., q, m]; the leading sizes broadcast.
  ///   - p: from 0 to infinity.
  /// - Returns: [..., q, r].
  /// - Precondition: floating point of one dtype, both at least matrices.
  /// - Gradient: sign(z) (|z| / d)^(p - 1) for z = x - y, 0 where z or d is 0; for p = 0 none. For infinity
  ///   each of several largest differences takes it whole.
  /// - Complexity: q r m operations and q r memory.
  /// - Source: torch.cdist
  public final func cdist(
    _ other: Tensor, p: Double = 2,
    computeMode: CdistComputeMode = .useMMForEuclidDistIfNecessary, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      try Rules.distances("cdist", self, p)
      try Rules.distances("cdist", other, p)
      if self.dtype != other.dtype || self.shape[-1] != other.shape[-1] {
        throw Misuse(
          "cdist", "rows must have one size and one dtype",
          got: "\(self.dtype.name) \(self.shape.brackets) and "
            + "\(other.dtype.name) \(other.shape.brackets)", try: "to(.\(self.dtype.name))")
      }
      return try Rules.broadcast(
        "cdist", Shape(self.shape.dropLast(2)), Shape(other.shape.dropLast(2)))
    }
    guard let batch = checked else { return .poison }
    let (q, r, m) = (shape[-2], other.shape[-2], shape[-1])
    let x = expanded(to: Shape(Array(batch) + [q, m]))
    let y = other.expanded(to: Shape(Array(batch) + [r, m]))
    let usesMM =
      switch computeMode {
      case .useMMForEuclidDist: p == 2
      case .useMMForEuclidDistIfNecessary: p == 2 && (q > 25 || r > 25)
      case .doNotUseMMForEuclidDist: false
      }
    let output = noGrad {
      usesMM
        ? Tensor.euclidean(x, y)
        : Tensor.distances(x.unsqueeze(-2), y.unsqueeze(-3), p, file, line)
    }
    if recording(x, y) {
      output.record(
        "CdistBackward0", TensorList(x, y), saving: TensorList(x, y, output), file: file, line: line
      ) { step, g in
        let (x, y, d) = (step.saved(0), step.saved(1), step.saved(2))
        if usesMM {
          let ratio = Pointwise.distanceRatio(g, d)
          if step.needs(0) {
            step.give(0, x * ratio.sum(dim: -1, keepDim: true) - ratio.matmul(y))
          }
          if step.needs(1) {
            step.give(1, y * ratio.sum(dim: -2).unsqueeze(-1) - ratio.mT.matmul(x))
          }
          return
        }
        let operands = TensorList(
          g.unsqueeze(-1), x.unsqueeze(-2), y.unsqueeze(-3), d.unsqueeze(-1))
        if step.needs(0) { step.give(0, Tensor.shares(operands, p, sumOver: -2)) }
        if step.needs(1) { step.give(1, -Tensor.shares(operands, p, sumOver: -3)) }
      }
    }
    return output
  }

  /// Returns the distances of all pairs of different rows of a matrix: the upper triangle of `cdist` with
  /// itself, row by row.
  ///
  /// - Returns: [n (n - 1) / 2].
  /// - Precondition: a matrix of floating point.
  /// - Gradient: that of `cdist`.
  /// - Source: torch.nn.functional.pdist
  public final func pdist(
    p: Double = 2, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.distances("pdist", self, p)
      if self.ndim != 2 {
        throw Misuse("pdist", "the tensor is no matrix", got: self.shape.brackets, try: "cdist")
      }
    }
    if checked == nil { return .poison }
    let n = shape[0]
    let output: Tensor
    let upper: Tensor
    (output, upper) = noGrad {
      let pairs = Tensor.triuIndices(n, n, offset: 1)
      let upper = pairs.select(0, 0) * n + pairs.select(0, 1)
      let all = Tensor.distances(unsqueeze(-2), unsqueeze(-3), p, file, line)
      return (all.ravel().gather(0, upper), upper)
    }
    if recording(self) {
      output.record(
        "PdistBackward0", TensorList(self), saving: TensorList(self, upper, output), file: file,
        line: line
      ) { step, g in
        let x = step.saved(0)
        // Both triangles, so that a row meets all others.
        func symmetric(_ pairs: Tensor) -> Tensor {
          let half = Tensor.zeros(n * n, dtype: pairs.dtype).scatter(0, step.saved(1), pairs)
            .reshape([n, n])
          return (half + half.t()).unsqueeze(-1)
        }
        let operands = TensorList(
          symmetric(g), x.unsqueeze(-2), x.unsqueeze(-3), symmetric(step.saved(2)))
        step.give(0, Tensor.shares(operands, p, sumOver: -2))
      }
    }
    return output
  }
}

extension Tensor {
  /// |x|² + |y|² - 2 x·y, and its root.
  private static func euclidean(_ x: Tensor, _ y: Tensor) -> Tensor {
    let lengths = x.square().sum(dim: -1, keepDim: true) + y.square().sum(dim: -1).unsqueeze(-2)
    return (lengths - 2 * x.matmul(y.mT)).clampMin(0).sqrt()
  }

  /// The p-norm of x - y over the last dim, in the pass that computes the differences.
  private static func distances(
    _ x: Tensor, _ y: Tensor, _ p: Double, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    if x.shape[-1] == 0 { return (x - y).sum(dim: -1) }
    let sums = reduced(
      p == .infinity ? .max : .sum, PNorm.of(p).summand, TensorList(x, y), ScalarList(.double(p)),
      -1,
      file, line)
    return p == 2 ? sums.sqrt() : p > 0 && p != 1 && p != .infinity ? sums.pow(1 / p) : sums
  }

  /// The gradient's shares of coordinates, summed over a dim: without storing them, unless they are to be
  /// differentiated in turn.
  private static func shares(_ operands: TensorList, _ p: Double, sumOver dim: Int) -> Tensor {
    let (program, scalars) = (PNorm.of(p).share, ScalarList(.double(p)))
    return GradMode.isEnabled
      ? program.apply(operands, scalars: scalars).sum(dim: dim)
      : reduced(.sum, program, operands, scalars, dim, "", 0)
  }

  /// A reduction of a program's values over one dim of operands that broadcast; not recorded.
  private static func reduced(
    _ op: Reduction, _ program: Pointwise, _ inputs: TensorList, _ scalars: ScalarList, _ dim: Int,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let output = attempt(file: file, line: line) { () throws(Misuse) -> Tensor in
      var shape = inputs[0].shape
      for i in 1..<inputs.count {
        shape = try Rules.broadcast(program.name, shape, inputs[i].shape)
      }
      let d = shape.count + dim
      var target = shape
      target[d] = 1
      let output = Tensor(empty: target, dtype: inputs[0].dtype)
      if target.elementCount > 0 {
        try inputs[0].device.backend.reduce(
          ReduceCall(
            op: op, program: program.program, dtype: output.dtype, shape: shape,
            dims: 1 << UInt32(d), inputs: inputs, scalars: scalars, output: output))
      }
      target.remove(at: d)
      output.layout = Layout(contiguous: target)
      return output
    }
    return output ?? .poison
  }
}

extension Rules {
  static func distances(_ operation: String, _ x: Tensor, _ p: Double) throws(Misuse) {
    try floating(operation, x.dtype)
    if x.ndim < 2 {
      throw Misuse(
        operation, "a matrix of rows is needed", got: x.shape.brackets, try: "unsqueeze(0)")
    }
    if !(p >= 0) { throw Misuse(operation, "p is negative", got: "\(p)", try: "0 to infinity") }
  }
}
