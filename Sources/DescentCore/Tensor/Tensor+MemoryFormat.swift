/// The order in which the elements of a tensor lie in memory.
///
/// - Source: torch.memory_format
public enum MemoryFormat: Sendable {
  /// As they lie already, without gaps; row-major if elements are repeated (`expand`).
  case preserve
  /// Row-major: the last dim lies together.
  case contiguous
  /// Batch, height, width, channels, for a tensor of shape [batch, channels, height, width].
  case channelsLast
}

extension Tensor {
  /// A copy with storage of its own.
  ///
  /// - Gradient: passes through.
  /// - Precondition: four dims for `.channelsLast`.
  /// - Source: torch.Tensor.clone
  public final func clone(
    memoryFormat: MemoryFormat = .preserve, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if memoryFormat == .preserve && isContiguous { return cloned(as: Layout(contiguous: shape)) }
    guard let layout = ordered(memoryFormat, "clone", file, line) else { return .poison }
    return cloned(as: layout)
  }

  /// Itself if the elements lie in that order, else a copy in which they do.
  ///
  /// - Precondition: four dims for `.channelsLast`.
  /// - Source: torch.Tensor.contiguous
  public final func contiguous(
    memoryFormat: MemoryFormat = .contiguous, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if memoryFormat == .contiguous && isContiguous { return self }
    guard let layout = ordered(memoryFormat, "contiguous", file, line) else { return .poison }
    return self.layout.lies(as: layout) ? self : cloned(as: layout)
  }

  /// Itself if the elements lie in that order, else a copy in which they do.
  ///
  /// - Precondition: four dims for `.channelsLast`.
  /// - Source: torch.Tensor.to
  public final func to(
    memoryFormat: MemoryFormat, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    memoryFormat == .preserve
      ? self : contiguous(memoryFormat: memoryFormat, file: file, line: line)
  }

  /// Whether the elements lie in that order without gaps.
  ///
  /// - Source: torch.Tensor.is_contiguous
  public final func isContiguous(memoryFormat: MemoryFormat) -> Bool {
    switch memoryFormat {
    case .preserve: layout.isDense
    case .contiguous: isContiguous
    case .channelsLast: ndim == 4 && layout.lies(as: Layout(channelsLast: shape))
    }
  }

  /// Itself if the last dim is contiguous, else a copy in which it is, without a gradient: what walks lines
  /// would else touch a line of the cache for every element.
  final func inLines() -> Tensor {
    layout.dims == 0 || layout.strides[layout.dims - 1] == 1 ? self : noGrad { contiguous() }
  }

  private func cloned(as layout: Layout) -> Tensor {
    let result = Tensor(empty: layout, dtype: dtype, device: device)
    device.backend.copy(CopyCall(source: self, destination: result))
    if recording(self) {
      result.record("CloneBackward0", TensorList(self)) { step, g in step.give(0, g) }
    }
    return result
  }

  private func ordered(
    _ format: MemoryFormat, _ operation: String, _ file: StaticString, _ line: UInt
  ) -> Layout? {
    switch format {
    case .preserve: return layout.preserved
    case .contiguous: return Layout(contiguous: shape)
    case .channelsLast:
      if ndim == 4 { return Layout(channelsLast: shape) }
      Misuse(
        operation, "channelsLast is an order of four dims", got: shape.brackets,
        try: "[batch, channels, height, width], by unsqueeze(0) for a single image"
      ).raise(file: file, line: line)
      return nil
    }
  }
}

extension Layout {
  /// Without gaps, for a shape of [batch, channels, height, width], the channels of a place together.
  fileprivate init(channelsLast shape: Shape) {
    self.init(contiguous: shape)
    strides[1] = 1
    strides[3] = Swift.max(shape[1], 1)
    strides[2] = strides[3] &* Swift.max(shape[3], 1)
    strides[0] = strides[2] &* Swift.max(shape[2], 1)
  }
}
