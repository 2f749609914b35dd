// Putting tensors together.

extension Tensor {
  /// Joins tensors along an existing dimension; their other sizes agree.
  ///
  /// Empty 1-d tensors are skipped, dtypes promote.
  /// - Gradient: its parts.
  /// - Source: torch.cat
  public static func cat(
    _ tensors: [Tensor], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let plan = attempt(file: file, line: line) {
      () throws(Misuse) -> (Shape, Int, DType, [Tensor]) in
      guard let first = tensors.first else {
        throw Misuse(
          "cat", "there is nothing to join", got: "no tensors", try: "at least one tensor")
      }
      let kept = tensors.filter { !($0.ndim == 1 && $0.numel() == 0) }
      let parts = kept.isEmpty ? tensors : kept
      let lead = parts.first ?? first
      if let scalar = parts.first(where: { $0.ndim == 0 }) {
        throw Misuse(
          "cat", "0-d tensors cannot be joined", got: scalar.shape.brackets, try: "Tensor.stack")
      }
      let d = try Rules.dim("cat", dim, of: lead.shape)
      var shape = lead.shape
      shape[d] = 0
      for part in parts {
        var rest = part.shape
        if part.ndim == lead.ndim { rest[d] = lead.shape[d] }
        if rest != lead.shape {
          throw Misuse(
            "cat", "sizes differ outside dimension \(dim)",
            got: "\(lead.shape.brackets) and \(part.shape.brackets)",
            try: "equal sizes in the other dims")
        }
        shape[d] += part.shape[d]
      }
      let dtype = tensors.dropFirst().reduce(first.dtype) { DType.promote($0, $1.dtype) }
      return (shape, d, dtype, parts)
    }
    guard let (shape, d, dtype, parts) = plan else { return .poison }
    let output = Tensor(empty: shape, dtype: dtype)
    var start = 0
    for part in parts {
      let length = part.shape[d]
      let place = Tensor(
        storage: output.storage, layout: output.layout.narrowed(d, start: start, length: length),
        dtype: dtype)
      output.device.backend.copy(CopyCall(source: part, destination: place))
      start += length
    }
    if recording(parts) {
      let lengths = parts.map { $0.shape[d] }
      output.record("CatBackward0", TensorList(parts), file: file, line: line) { step, g in
        var start = 0
        for (i, length) in lengths.enumerated() {
          if step.needs(i) { step.give(i, g.narrow(d, start, length)) }
          start += length
        }
      }
    }
    return output
  }

  /// Joins tensors of one shape along a new dimension.
  ///
  /// - Source: torch.stack
  public static func stack(
    _ tensors: [Tensor], dim: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let first = tensors.first else {
      return cat([], file: file, line: line)
    }
    if let other = tensors.first(where: { $0.shape != first.shape }) {
      Misuse(
        "stack", "the shapes differ", got: "\(first.shape.brackets) and \(other.shape.brackets)",
        try: "tensors of one shape"
      ).raise(file: file, line: line)
      return .poison
    }
    return cat(
      tensors.map { $0.unsqueeze(dim, file: file, line: line) }, dim: dim, file: file, line: line)
  }
}
