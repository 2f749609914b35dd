// Tables looked up by integers.

extension Tensor {
  /// Rows of a table: the result has the indices' shape and the table's row size behind it.
  ///
  /// - Parameters:
  ///   - weight: the table, [rows, size].
  ///   - indices: int64 or int32 of any shape.
  ///   - paddingIdx: a row (negative from the end) that gets no gradient.
  ///   - scaleGradByFreq: divides a row's gradient by how often it was looked up.
  /// - Gradient: added to the rows looked up.
  /// - Source: torch.nn.functional.embedding
  public static func embedding(
    _ weight: Tensor, _ indices: Tensor, paddingIdx: Int? = nil, scaleGradByFreq: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int? in
      if weight.ndim != 2 {
        throw Misuse(
          "embedding", "the weight is a matrix", got: weight.shape.brackets, try: "[rows, size]")
      }
      if indices.dtype != .int64 && indices.dtype != .int32 {
        throw Misuse(
          "embedding", "the indices must be int64 or int32", got: indices.dtype.name,
          try: "to(.int64)")
      }
      guard let paddingIdx else { return nil }
      let rows = weight.shape[0]
      if paddingIdx < -rows || paddingIdx >= rows {
        throw Misuse(
          "embedding", "paddingIdx \(paddingIdx) is out of range for \(rows) rows",
          got: "weight \(weight.shape.brackets)", try: "an index from \(-rows) to \(rows - 1)")
      }
      return paddingIdx < 0 ? paddingIdx + rows : paddingIdx
    }
    guard let padding = checked else { return .poison }
    let flat = noGrad { indices.to(.int64).ravel() }
    let (rows, size) = (weight.shape[0], weight.shape[1])
    if indices.ndim >= Shape.maxDims {
      Rules.tooManyDims("embedding", indices.ndim + 1).raise(file: file, line: line)
      return .poison
    }
    let output = Tensor(empty: Shape(Array(indices.shape) + [size]), dtype: weight.dtype)
    let places = flat.spread(over: [flat.numel(), size], dim: 0)
    do throws(Misuse) {
      if output.numel() > 0 {
        try weight.device.backend.gather(
          GatherCall(
            source: weight, dim: 0, index: places,
            output: noGrad { output.view(flat.numel(), size) },
            operation: "embedding"))
      }
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    if recording(weight) {
      output.record(
        "EmbeddingBackward0", TensorList(weight), saving: TensorList(flat), file: file, line: line
      ) { step, g in
        let flat = step.saved(0)
        var rowGradients = g.reshape([flat.numel(), size])
        if let padding {
          let mask = (flat .== padding).unsqueeze(1).expanded(to: rowGradients.shape)
          rowGradients = Pointwise.clearedOp(rowGradients, mask)
        }
        if scaleGradByFreq {
          let ones = Tensor.ones([flat.numel()], dtype: g.dtype)
          let counts = Tensor.zeros([rows], dtype: g.dtype).scatterAdd(0, flat, ones)
          rowGradients = rowGradients / counts.gather(0, flat).unsqueeze(1)
        }
        let places = flat.spread(over: [flat.numel(), size], dim: 0)
        step.give(0, Tensor.scatteredSum([rows, size], 0, places, rowGradients))
      }
    }
    return output
  }

  /// A vector of zeros with a one at the class, for each element: [..] gives [.., numClasses] of int64.
  ///
  /// - Parameter numClasses: -1 takes the largest class and one.
  /// - Source: torch.nn.functional.one_hot
  public final func oneHot(
    numClasses: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      if self.dtype != .int64 {
        throw Misuse("oneHot", "classes are int64", got: self.dtype.name, try: "to(.int64)")
      }
      if self.ndim == Shape.maxDims { throw Rules.tooManyDims("oneHot", self.ndim + 1) }
      let classes = self.toArray(Int.self)
      if classes.isEmpty && numClasses <= 0 {
        throw Misuse(
          "oneHot", "no class tells their number", got: shape.brackets, try: "numClasses:")
      }
      let (low, high) = classes.reduce((0, -1)) { (Swift.min($0.0, $1), Swift.max($0.1, $1)) }
      if low < 0 || (numClasses != -1 && high >= numClasses) || numClasses == 0 || numClasses < -1 {
        throw Misuse(
          "oneHot", "a class is out of range",
          got: "classes \(low) to \(high), numClasses \(numClasses)",
          try: "classes from 0 to numClasses - 1")
      }
      return numClasses == -1 ? high + 1 : numClasses
    }
    guard let count = checked else { return .poison }
    return noGrad {
      Tensor.zeros(Shape(Array(shape) + [count]), dtype: .int64).scatter_(ndim, unsqueeze(ndim), 1)
    }
  }
}
