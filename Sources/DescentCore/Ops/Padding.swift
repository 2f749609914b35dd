// Making tensors larger at their edges.

/// What `pad` puts around a tensor.
public enum PaddingMode: String, Sendable, CaseIterable, CustomStringConvertible {
  /// One number.
  case constant
  /// The elements mirrored at the edge, which is not repeated: `zeros` of image borders.
  case reflect
  /// The element at the edge.
  case replicate
  /// The elements from the other edge.
  case circular
  /// PyTorch's text.
  public var description: String { rawValue }
}

extension Tensor {
  /// Adds elements before and behind, in pairs from the last dimension: [left, right, top, bottom, …].
  ///
  /// With a constant, negative numbers cut elements off and every dimension may be padded. The other modes
  /// pad the last one, two or three dimensions, of a tensor with one or two more in front;
  /// `reflect` needs padding smaller than the size, `circular` at most the size.
  /// - Gradient: g of the inner part, plus that of the copies.
  /// - Source: torch.nn.functional.pad
  public final func pad(
    _ padding: [Int], mode: PaddingMode = .constant, value: some Scalar = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if padding.count % 2 != 0 || padding.count > 2 * self.ndim {
        throw Misuse(
          "pad", "the padding is no pair for each of the last dimensions",
          got: "\(padding) for \(self.shape.brackets)",
          try: "at most \(2 * self.ndim) numbers, in pairs")
      }
    }
    if checked == nil { return .poison }
    return mode == .constant
      ? paddedConstant(padding, value.scalarValue, file, line)
      : paddedByIndex(padding, mode, file, line)
  }

  private func paddedConstant(
    _ padding: [Int], _ value: ScalarValue, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    var target = shape
    var inner = layout
    for i in 0..<(padding.count / 2) {
      let d = ndim - 1 - i
      let (before, behind) = (padding[2 * i], padding[2 * i + 1])
      target[d] += before + behind
      let (cutBefore, cutBehind) = (Swift.max(-before, 0), Swift.max(-behind, 0))
      if target[d] < 0 || cutBefore + cutBehind > shape[d] {
        Misuse(
          "pad", "more is cut off than dimension \(d) has", got: "\(padding) for \(shape.brackets)",
          try: "smaller cuts"
        ).raise(file: file, line: line)
        return .poison
      }
      inner = inner.narrowed(d, start: cutBefore, length: shape[d] - cutBefore - cutBehind)
    }
    let output = Tensor(empty: target, dtype: dtype)
    var place = output.layout
    for i in 0..<(padding.count / 2) {
      let d = ndim - 1 - i
      place = place.narrowed(d, start: Swift.max(padding[2 * i], 0), length: inner.shape[d])
    }
    if target.elementCount != inner.elementCount {
      device.backend.fill(FillCall(pattern: .value(value), output: output))
    }
    device.backend.copy(
      CopyCall(
        source: Tensor(storage: storage, layout: inner, dtype: dtype),
        destination: Tensor(storage: output.storage, layout: place, dtype: dtype)))
    if recording(self) {
      let back = padding.map { -$0 }
      output.record("ConstantPadNdBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, g.pad(back))
      }
    }
    return output
  }

  private func paddedByIndex(
    _ padding: [Int], _ mode: PaddingMode, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let pairs = padding.count / 2
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if pairs < 1 || pairs > 3 || self.ndim < pairs + 1 || self.ndim > pairs + 2 {
        throw Misuse(
          "pad", "\(mode) pads the last 1 to 3 dimensions of a tensor with 1 or 2 more in front",
          got: "\(padding) for \(self.shape.brackets)",
          try: "unsqueeze(0), or a pair for each dimension")
      }
      for i in 0..<pairs {
        let size = self.shape[self.ndim - 1 - i]
        let (before, behind) = (padding[2 * i], padding[2 * i + 1])
        let limit =
          switch mode {
          case .reflect: size - 1
          case .circular: size
          case .replicate, .constant: Int.max
          }
        if before > limit || behind > limit || size + before + behind < (mode == .circular ? 0 : 1)
          || size == 0
        {
          throw Misuse(
            "pad", "\(mode) padding does not fit in dimension \(self.ndim - 1 - i) of size \(size)",
            got: "\(before) and \(behind)",
            try: mode == .reflect ? "less than the size" : "at most the size")
        }
      }
      if self.ndim == pairs + 2 && self.shape.dropFirst().contains(0)
        || self.ndim == pairs + 1 && mode != .circular && self.shape.contains(0)
      {
        throw Misuse(
          "pad", "only the batch may be empty", got: self.shape.brackets, try: "sizes from 1 up")
      }
    }
    if checked == nil { return .poison }
    // Where the elements of each padded dim come from, outermost first.
    let dims = Array((ndim - pairs)..<ndim)
    let sizes = dims.map { shape[$0] }
    let places = dims.map { d in
      let (before, behind) = (padding[2 * (ndim - 1 - d)], padding[2 * (ndim - 1 - d) + 1])
      return (-before..<(shape[d] + behind)).map { Int64(mode.place($0, size: shape[d])) }
    }
    var target = shape
    for (d, own) in zip(dims, places) { target[d] = own.count }
    let output = Tensor(empty: target, dtype: dtype)
    device.backend.pad(
      PadCall(input: noGrad { contiguous() }, places: places, output: output))
    if recording(self) {
      let name =
        switch mode {
        case .reflect: "ReflectionPad\(pairs)DBackward0"
        case .replicate: "ReplicationPad\(pairs)DBackward0"
        case .circular, .constant: "CopySlices"
        }
      output.record(name, TensorList(self), file: file, line: line) { step, g in
        var sum = g
        for (i, d) in dims.enumerated() {
          var target = sum.shape
          target[d] = sizes[i]
          sum = Tensor.zeros(target, dtype: g.dtype).indexAdd(
            d, Tensor(places[i].map { Int($0) }), sum)
        }
        step.give(0, sum)
      }
    }
    return output
  }
}

extension PaddingMode {
  /// The position whose element stands at `i`, counted from the first of the tensor.
  fileprivate func place(_ i: Int, size: Int) -> Int {
    switch self {
    case .reflect: i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i
    case .replicate, .constant: min(max(i, 0), size - 1)
    case .circular: i < 0 ? i + size : i >= size ? i - size : i
    }
  }
}
