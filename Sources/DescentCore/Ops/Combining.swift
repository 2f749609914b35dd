// Tensors of all combinations: grids, products of sets, common shapes.

extension Tensor {
  /// How `meshgrid` orders its first two dimensions.
  public enum GridIndexing: Sendable {
    /// Dimension i belongs to tensor i: matrices.
    case ij
    /// The first two are exchanged: images.
    case xy
  }

  /// Coordinates of a grid: each vector expanded over the dimensions of the others. Views.
  ///
  /// - Source: torch.meshgrid
  public static func meshgrid(
    _ tensors: [Tensor], indexing: GridIndexing = .ij, file: StaticString = #fileID,
    line: UInt = #line
  ) -> [Tensor] {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      guard let first = tensors.first else {
        throw Misuse("meshgrid", "there is no tensor", got: "nothing", try: "at least one vector")
      }
      if let other = tensors.first(where: { $0.ndim > 1 || $0.dtype != first.dtype }) {
        throw Misuse(
          "meshgrid", "vectors of one dtype are needed",
          got: "\(other.dtype.name) \(other.shape.brackets)",
          try: "flatten() or to(.\(first.dtype.name))")
      }
      if tensors.count > Shape.maxDims { throw Rules.tooManyDims("meshgrid", tensors.count) }
    }
    if checked == nil { return [.poison] }
    let swaps = indexing == .xy && tensors.count >= 2
    let vectors = swaps ? [tensors[1], tensors[0]] + tensors[2...] : tensors
    let shape = Shape(vectors.map { $0.numel() })
    var grids = vectors.enumerated().map { i, vector in
      var own = Shape(repeating: 1, count: shape.count)
      own[i] = shape[i]
      return vector.view(Array(own)).expanded(to: shape)
    }
    if swaps { grids.swapAt(0, 1) }
    return grids
  }

  /// All tuples of one element from each vector, as rows.
  ///
  /// - Source: torch.cartesian_prod
  public static func cartesianProd(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if let other = tensors.first(where: { $0.ndim != 1 }) {
      Misuse(
        "cartesianProd", "vectors are needed", got: other.shape.brackets, try: "flatten()"
      ).raise(file: file, line: line)
      return .poison
    }
    if tensors.count == 1 { return tensors[0] }
    return stack(
      meshgrid(tensors, file: file, line: line).map { $0.ravel() }, dim: 1, file: file, line: line)
  }

  /// All ways to choose r elements of a vector, in lexicographic order of their positions, as rows.
  ///
  /// - Source: torch.combinations
  public final func combinations(
    r: Int = 2, withReplacement: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if ndim != 1 || r < 0 {
      Misuse(
        "combinations", "a vector and a number of elements are needed",
        got: "r \(r) of \(shape.brackets)",
        try: "flatten()"
      ).raise(file: file, line: line)
      return .poison
    }
    if r == 0 { return Tensor.empty([0], dtype: dtype) }
    let n = shape[0]
    var places: [Int] = []
    var choice = (0..<r).map { withReplacement ? 0 : $0 }
    var isDone = withReplacement ? n == 0 : r > n
    while !isDone {
      places += choice
      var i = r - 1
      while i >= 0 && choice[i] == (withReplacement ? n - 1 : n - r + i) { i -= 1 }
      isDone = i < 0
      if isDone { break }
      choice[i] += 1
      for j in (i + 1)..<Swift.max(r, i + 1) {
        choice[j] = choice[j - 1] + (withReplacement ? 0 : 1)
      }
    }
    return indexSelect(0, Tensor(places), file: file, line: line).reshape([places.count / r, r])
  }

  // MARK: broadcasting

  /// The common shape of several: `Tensor.broadcastShapes([2, 1], [3])` is [2, 3].
  ///
  /// - Source: torch.broadcast_shapes
  public static func broadcastShapes(
    _ shapes: Shape..., file: StaticString = #fileID, line: UInt = #line
  ) -> Shape {
    attempt(file: file, line: line) { () throws(Misuse) in
      var common = Shape()
      for shape in shapes { common = try Rules.broadcast("broadcastShapes", common, shape) }
      return common
    } ?? Shape()
  }

  /// The tensors expanded to their common shape. Views.
  ///
  /// - Source: torch.broadcast_tensors
  public static func broadcastTensors(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let common = attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      var common = Shape()
      for tensor in tensors {
        common = try Rules.broadcast("broadcastTensors", common, tensor.shape)
      }
      return common
    }
    guard let common else { return tensors.map { _ in .poison } }
    return tensors.map { $0.expanded(to: common) }
  }
}
