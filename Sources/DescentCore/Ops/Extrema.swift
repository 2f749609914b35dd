// Largest and smallest elements and their places.

extension Tensor {
  /// Index of the largest element: of all, or along `dim`. The first of equal ones; NaN is largest.
  ///
  /// - Returns: int64.
  /// - Source: torch.argmax
  public final func argmax(
    dim: Int? = nil, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { argReduce("argmax", true, dim, keepDim, file, line) }

  /// Index of the smallest element.
  ///
  /// - Source: torch.argmin
  public final func argmin(
    dim: Int? = nil, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { argReduce("argmin", false, dim, keepDim, file, line) }

  private func argReduce(
    _ name: String, _ largest: Bool, _ dim: Int?, _ keepDim: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let mask = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      if self.dtype == .bool {
        throw Misuse(name, "bool elements have no order", got: "bool", try: "to(.uint8)")
      }
      let mask = try dim.map { d throws(Misuse) in try Rules.dims(name, [d], of: self.shape) }
        ?? Tensor.allDims(self.shape)
      try Rules.notEmpty(name, self.shape, mask)
      return mask & Tensor.allDims(self.shape)
    }
    guard let mask else { return .poison }
    let output = Tensor(empty: Tensor.reducedShape(shape, mask, keepDim: true), dtype: .int64)
    do throws(Misuse) {
      try device.backend.argReduce(
        ArgReduceCall(largest: largest, input: self, dims: mask, values: nil, indices: output))
    } catch {
      error.raise(file: file, line: line)
    }
    output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: keepDim))
    return output
  }
}

extension Rules {
  /// A reduction without identity needs at least one element in the reduced dims.
  static func notEmpty(_ operation: String, _ shape: Shape, _ mask: UInt32) throws(Misuse) {
    for i in 0..<shape.count where mask & (1 << UInt32(i)) != 0 && shape[i] == 0 {
      throw Misuse(
        operation, "there is no element to choose from", got: "size 0 in dimension \(i) of \(shape.brackets)",
        try: "a tensor with elements")
    }
  }
}
