// Copies with repeated or reordered elements.

extension Tensor {
  /// Repeats the whole tensor along each dimension: `x.repeat(2, 3)`. Further leading numbers add dims.
  ///
  /// - Gradient: summed over the repetitions.
  /// - Source: torch.Tensor.repeat
  public final func `repeat`(
    _ counts: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { self.repeat(counts, file: file, line: line) }

  public final func `repeat`(
    _ counts: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if counts.count < self.ndim || counts.contains(where: { $0 < 0 }) {
        throw Misuse(
          "repeat", "a number of repetitions is needed for each dimension",
          got: "\(counts) for \(self.shape.brackets)", try: "at least \(self.ndim) numbers")
      }
      if counts.count > Shape.maxDims { throw Rules.tooManyDims("repeat", counts.count) }
    }
    if checked == nil { return .poison }
    var padded = Shape(repeating: 1, count: counts.count)
    for i in 0..<ndim { padded[counts.count - ndim + i] = shape[i] }
    let isCopied = counts.contains { $0 != 1 }
    var output = noGrad {
      (isCopied ? self : clone(memoryFormat: .contiguous)).reshape(padded)
    }
    // One dimension after the other, the last first: each is a copy of [lead, 1, rest] expanded.
    for d in counts.indices.reversed() where counts[d] != 1 {
      let (lead, rest) = (output.extentBefore(d), output.extentFrom(d))
      var target = output.shape
      target[d] *= counts[d]
      output = noGrad {
        output.reshape([lead, 1, rest]).expanded(to: [lead, counts[d], rest]).clone().reshape(
          target)
      }
    }
    if recording(self) {
      output.record("RepeatBackward0", TensorList(self), file: file, line: line) { step, g in
        var sum = g
        for d in counts.indices where counts[d] != 1 {
          var target = sum.shape
          target[d] = padded[d]
          let (lead, rest) = (sum.extentBefore(d), target.dropFirst(d).reduce(1, *))
          sum = sum.reshape([lead, counts[d], rest]).sum(mask: 2, keepDim: false).reshape(target)
        }
        step.give(0, sum)
      }
    }
    return output
  }

  private func extentBefore(_ dim: Int) -> Int { shape.prefix(dim).reduce(1, *) }
  private func extentFrom(_ dim: Int) -> Int { shape.dropFirst(dim).reduce(1, *) }

  /// Repeats like `repeat`, with 1 for leading dimensions that have no number.
  ///
  /// - Source: torch.tile
  public final func tile(
    _ counts: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { tile(counts, file: file, line: line) }

  public final func tile(
    _ counts: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let missing = Swift.max(ndim - counts.count, 0)
    return self.repeat([Int](repeating: 1, count: missing) + counts, file: file, line: line)
  }

  /// Repeats each element (of the flattened tensor, or each position of `dim`) in place of one.
  ///
  /// - Gradient: summed over the repetitions.
  /// - Source: torch.repeat_interleave
  public final func repeatInterleave(
    _ repeats: Int, dim: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let source = dim == nil ? ravel() : atLeast1d()
    guard let d = source.checkedDim("repeatInterleave", dim ?? 0, file, line) else {
      return .poison
    }
    if repeats < 0 || source.ndim == Shape.maxDims {
      Misuse(
        "repeatInterleave", "the number of repetitions is negative", got: "\(repeats)",
        try: "0 or more"
      ).raise(file: file, line: line)
      return .poison
    }
    var (spread, target) = (source.shape, source.shape)
    spread.insert(repeats, at: d + 1)
    target[d] *= repeats
    return source.unsqueeze(d + 1).expanded(to: spread).clone(memoryFormat: .contiguous).view(
      Array(target))
  }

  /// Repeats position i of `dim` (of the flattened tensor, if nil) `repeats[i]` times.
  ///
  /// - Parameter repeats: int64 or int32; a single number counts for all positions.
  /// - Source: torch.repeat_interleave
  public final func repeatInterleave(
    _ repeats: Tensor, dim: Int? = nil, outputSize: Int? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let source = dim == nil ? ravel() : atLeast1d()
    guard let d = source.checkedDim("repeatInterleave", dim ?? 0, file, line) else {
      return .poison
    }
    let size = source.shape[d]
    if repeats.ndim > 1 || (repeats.numel() != 1 && repeats.numel() != size) {
      Misuse(
        "repeatInterleave", "a number of repetitions is needed for each position",
        got: "\(repeats.shape.brackets) for \(size) positions", try: "\(size) numbers"
      ).raise(file: file, line: line)
      return .poison
    }
    let each = repeats.numel() == size ? repeats.ravel() : repeats.ravel().expanded(to: [size])
    return source.indexSelect(
      d, Tensor.repeatInterleave(each, outputSize: outputSize, file: file, line: line), file: file,
      line: line)
  }

  /// Position i, repeats[i] times: [2, 0, 1] gives [0, 0, 2].
  ///
  /// - Source: torch.repeat_interleave
  public static func repeatInterleave(
    _ repeats: Tensor, outputSize: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if repeats.ndim != 1 || (repeats.dtype != .int64 && repeats.dtype != .int32)
      || repeats.toArray(Int.self).contains(where: { $0 < 0 })
    {
      Misuse(
        "repeatInterleave", "the repetitions are no vector of int64 or int32 from 0 up",
        got: "\(repeats.dtype.name) \(repeats.shape.brackets)", try: "to(.int64)"
      ).raise(file: file, line: line)
      return .poison
    }
    let counts = repeats.to(.int64).contiguous()
    if counts.numel() == 0 { return Tensor.empty([0], dtype: .int64) }
    let ends = Tensor(empty: counts.shape, dtype: .int64)
    counts.device.backend.scan(
      ScanCall(op: .sum, input: counts, dim: 0, output: ends, indices: nil))
    let total = Int(ends.element(ends.numel() - 1))
    if let outputSize, outputSize != total {
      Misuse(
        "repeatInterleave", "outputSize is not the sum of the repetitions",
        got: "\(outputSize) for \(total)",
        try: "leaving it out"
      ).raise(file: file, line: line)
      return .poison
    }
    return ends.searchsorted(Tensor.arange(total), right: true, file: file, line: line)
  }

  // MARK: order

  /// Reverses the order along the given dims: a copy.
  ///
  /// - Gradient: flipped back.
  /// - Source: torch.flip
  public final func flip(
    _ dims: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { flip(dims, file: file, line: line) }

  public final func flip(
    _ dims: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let mask = attempt(file: file, line: line) { () throws(Misuse) -> UInt32 in
      dims.isEmpty ? 0 : try Rules.dims("flip", dims, of: self.shape)
    }
    guard let mask else { return .poison }
    let output = noGrad {
      Tensor(storage: storage, layout: layout.flipped(mask), dtype: dtype).clone()
    }
    if recording(self) {
      output.record("FlipBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, g.flip(dims))
      }
    }
    return output
  }

  /// Reverses columns (dim 1).
  ///
  /// - Source: torch.fliplr
  public final func fliplr(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    if ndim < 2 {
      Misuse("fliplr", "two dimensions are needed", got: shape.brackets, try: "flip(0)").raise(
        file: file, line: line)
      return .poison
    }
    return flip([1], file: file, line: line)
  }

  /// Reverses rows (dim 0).
  ///
  /// - Source: torch.flipud
  public final func flipud(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    if ndim < 1 {
      Misuse("flipud", "a dimension is needed", got: shape.brackets, try: "reshape(1)").raise(
        file: file, line: line)
      return .poison
    }
    return flip([0], file: file, line: line)
  }

  /// Shifts elements along a dim, those that leave come back at the other end; without a dim, in the
  /// flattened order.
  ///
  /// - Gradient: shifted back.
  /// - Source: torch.roll
  public final func roll(
    _ shift: Int, dim: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { roll([shift], dim: dim.map { [$0] } ?? [], file: file, line: line) }

  public final func roll(
    _ shifts: [Int], dim: [Int] = [], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> [Int] in
      if shifts.isEmpty || (shifts.count != dim.count && !(dim.isEmpty && shifts.count == 1)) {
        throw Misuse(
          "roll", "a shift is needed for each dim", got: "shifts \(shifts), dims \(dim)",
          try: "as many shifts as dims")
      }
      if self.ndim == 0 && !dim.isEmpty {
        throw Misuse(
          "roll", "a 0-d tensor has no dimension to roll", got: "dims \(dim)", try: "no dim")
      }
      var dims: [Int] = []
      for d in dim { dims.append(try Rules.dim("roll", d, of: self.shape)) }
      return dims
    }
    guard let dims = checked else { return .poison }
    let output = noGrad {
      var result = dims.isEmpty ? ravel().rolled(0, shifts[0]).reshape(shape) : self
      for (d, shift) in zip(dims, shifts) { result = result.rolled(d, shift) }
      return result === self || result.storage === storage ? clone() : result
    }
    if recording(self) {
      output.record("RollBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, g.roll(shifts.map { -$0 }, dim: dims))
      }
    }
    return output
  }

  private func rolled(_ dim: Int, _ shift: Int) -> Tensor {
    let size = shape[dim]
    if numel() == 0 { return self }
    let k = ((shift % size) + size) % size
    if k == 0 { return self }
    return Tensor.cat([sliced(dim, size - k, k, 1), sliced(dim, 0, size - k, 1)], dim: dim)
  }

  /// Rotates by k quarter turns in the plane of two dims, from the first towards the second.
  ///
  /// - Gradient: rotated back.
  /// - Source: torch.rot90
  public final func rot90(
    _ k: Int = 1, dims: [Int] = [0, 1], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> (Int, Int) in
      if dims.count != 2 {
        throw Misuse("rot90", "a plane has two dims", got: "dims \(dims)", try: "two dims")
      }
      return try Rules.twoDims("rot90", dims[0], dims[1], of: self.shape)
    }
    guard let (a, b) = checked else { return .poison }
    let turns = ((k % 4) + 4) % 4
    let output = noGrad {
      switch turns {
      case 1: flip([b]).transpose(a, b).contiguous()
      case 2: flip([a, b])
      case 3: flip([a]).transpose(a, b).contiguous()
      default: clone()
      }
    }
    if recording(self) {
      output.record("Rot90Backward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, g.rot90(-turns, dims: [a, b]))
      }
    }
    return output
  }
}

extension Layout {
  func flipped(_ mask: UInt32) -> Layout {
    var result = self
    if elementCount == 0 { return result }
    for i in 0..<dims where mask & (1 << UInt32(i)) != 0 {
      result.offset += (shape[i] - 1) * strides[i]
      result.strides[i] = -strides[i]
    }
    return result
  }
}
