// Products of many matrices, and powers of one.

extension Tensor {
  /// Multiplies two or more matrices in the cheapest order, found by dynamic programming.
  ///
  /// The first may be a vector (a row), the last too (a column).
  /// - Gradient: that of the products.
  /// - Source: torch.linalg.multi_dot
  public static func multiDot(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if tensors.count < 2 {
        throw Misuse(
          "multiDot", "at least two tensors are needed", got: "\(tensors.count)",
          try: "the tensor itself")
      }
      for (i, tensor) in tensors.enumerated() {
        let isEnd = i == 0 || i == tensors.count - 1
        if tensor.ndim != 2 && !(isEnd && tensor.ndim == 1) {
          throw Misuse(
            "multiDot", "tensor \(i) must have \(isEnd ? "1 or 2" : "2") dimensions",
            got: tensor.shape.brackets, try: "matrices, with vectors only at the ends")
        }
        if i == 0 { continue }
        try Rules.factors("multiDot", tensors[i - 1], tensor)
        try Rules.innerSizes(
          "multiDot", tensors[i - 1].shape, tensor.shape, tensors[i - 1].shape[-1], tensor.shape[0])
      }
    }
    if checked == nil { return .poison }
    return orderedProduct(tensors, file, line)
  }

  /// Multiplies matrices in the cheapest order: PyTorch's older name of `multiDot`; one matrix gives
  /// itself.
  ///
  /// - Source: torch.chain_matmul
  public static func chainMatmul(
    _ matrices: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if matrices.isEmpty {
        throw Misuse("chainMatmul", "no matrix was given", got: "none", try: "at least one")
      }
      for matrix in matrices { try Rules.dims("chainMatmul", matrix, 2, "each operand") }
    }
    if checked == nil { return .poison }
    return matrices.count == 1 ? matrices[0] : multiDot(matrices, file: file, line: line)
  }

  private static func orderedProduct(
    _ tensors: [Tensor], _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let n = tensors.count
    let (first, last) = (tensors[0], tensors[n - 1])
    var matrices = tensors
    if first.ndim == 1 { matrices[0] = first.reshape([1, first.shape[0]] as Shape) }
    if last.ndim == 1 { matrices[n - 1] = last.reshape([last.shape[0], 1] as Shape) }
    let sizes = [matrices[0].shape[0]] + matrices.map { $0.shape[1] }
    // cost[i][j] of the product i...j, and the place to cut it (Cormen et al., section 15.2).
    var cost = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    var cut = [[Int]](repeating: [Int](repeating: 0, count: n), count: n)
    for length in 1..<n {
      for i in 0..<(n - length) {
        let j = i + length
        cost[i][j] = .infinity
        for k in i..<j {
          let here =
            cost[i][k] + cost[k + 1][j] + Double(sizes[i]) * Double(sizes[k + 1])
            * Double(sizes[j + 1])
          if here < cost[i][j] { (cost[i][j], cut[i][j]) = (here, k) }
        }
      }
    }
    // The tree of cuts in postfix order: a stack instead of recursion.
    var order: [(Int, Int)] = []
    var open = [(0, n - 1)]
    while let (i, j) = open.popLast() {
      order.append((i, j))
      if i < j {
        open.append((i, cut[i][j]))
        open.append((cut[i][j] + 1, j))
      }
    }
    var values: [Tensor] = []
    for (i, j) in order.reversed() {
      if i == j {
        values.append(matrices[i])
      } else if let right = values.popLast(), let left = values.popLast() {
        values.append(product(left, right, name: "MmBackward0", file: file, line: line))
      }
    }
    var target = Shape()
    if first.ndim == 2 { target.append(first.shape[0]) }
    if last.ndim == 2 { target.append(last.shape[1]) }
    return values[0].reshape(target)
  }

  /// The product of a square matrix with itself, n times, by repeated squaring; stacks matrix by matrix.
  ///
  /// n = 0 gives identity matrices.
  /// - Precondition: `matrixPower: the matrices are not square. Got [2, 3]. …`; n >= 0, as a negative
  ///   power needs the inverse, which Descent does not have.
  /// - Gradient: that of the products.
  /// - Source: torch.linalg.matrix_power
  public final func matrixPower(
    _ n: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if ndim < 2 || shape[-1] != shape[-2] {
        throw Misuse(
          "matrixPower", "the matrices are not square", got: shape.brackets,
          try: "sizes [..., n, n]")
      }
      if n < 0 {
        throw Misuse(
          "matrixPower", "a negative power needs the inverse, which is not available",
          got: "n = \(n)",
          try: "n >= 0")
      }
      try Rules.factors("matrixPower", self, self)
    }
    if checked == nil { return .poison }
    if n == 0 { return clone().copy_(Tensor.eye(shape[-1], dtype: dtype)) }
    if n == 1 { return clone() }
    var (result, square, rest) = (nil as Tensor?, self, n)
    while true {
      if rest & 1 == 1 { result = result.map { $0.matmul(square) } ?? square }
      rest >>= 1
      if rest == 0 { break }
      square = square.matmul(square)
    }
    return result ?? square
  }
}
