// Pooling to a given size, by windows that divide the input as evenly as possible.

/// What an adaptive pooling makes of each spatial dimension: a size, or nil to keep the input's.
///
/// ```swift
/// x.adaptiveAvgPool2d(1)         // 1 x 1
/// x.adaptiveAvgPool2d([nil, 7])  // as high as x, 7 wide
/// ```
public struct AdaptiveSizes: Sendable, Hashable {
  /// One value that stands for all dimensions, or one for each.
  public let values: [Int?]
  private let isUniform: Bool

  /// The same size for all dimensions.
  public init(_ value: Int?) {
    values = [value]
    isUniform = true
  }

  /// A size for each dimension.
  public init(_ values: [Int?]) {
    self.values = values
    isUniform = false
  }

  /// The sizes made of those of a tensor's last dimensions.
  func of(_ operation: String, _ dims: Int, _ shape: Shape) throws(Misuse) -> Shape {
    let wanted = isUniform ? [Int?](repeating: values[0], count: dims) : values
    if wanted.count != dims {
      throw Misuse(
        operation, "the output size has no value for each dimension", got: "\(self)",
        try: "1 or \(dims) numbers")
    }
    var result = shape
    for (i, size) in wanted.enumerated() {
      guard let size else { continue }
      if size < 0 {
        throw Misuse(
          operation, "an output size is negative", got: "\(self)",
          try: "0 or more, or nil to keep the input's")
      }
      result[shape.count - dims + i] = size
    }
    return result
  }
}

extension AdaptiveSizes: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  ExpressibleByNilLiteral
{
  public init(integerLiteral value: Int) { self.init(value) }
  public init(arrayLiteral values: Int?...) { self.init(values) }
  public init(nilLiteral: ()) { self.init(nil as Int?) }
}

extension AdaptiveSizes: CustomStringConvertible {
  /// PyTorch's text: `7`, or the tuple `(None, 7)`.
  public var description: String {
    let texts = values.map { $0.map(String.init) ?? "None" }
    return isUniform ? texts[0] : "(\(texts.joined(separator: ", "))\(texts.count == 1 ? "," : ""))"
  }
}

extension Tensor {
  /// The means of `outputSize` windows of the last dimension. See `adaptiveAvgPool2d`.
  ///
  /// - Source: torch.nn.functional.adaptive_avg_pool1d
  public final func adaptiveAvgPool1d(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { adaptiveAverage("adaptiveAvgPool1d", 1, outputSize, file, line) }

  /// The means of windows that divide the last two dimensions into `outputSize` parts.
  ///
  /// Window i of m along n elements goes from i n / m, rounded down, to (i + 1) n / m, rounded up;
  /// windows overlap where m does not divide n. [n, c, h, w] gives [n, c] + outputSize; n may be missing.
  ///
  /// - Parameter outputSize: one number or one for each dimension, nil for the input's size.
  /// - Gradient: g by the number of elements, added to all elements of the window.
  /// - Source: torch.nn.functional.adaptive_avg_pool2d
  public final func adaptiveAvgPool2d(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { adaptiveAverage("adaptiveAvgPool2d", 2, outputSize, file, line) }

  /// The means of windows that divide the last three dimensions. See `adaptiveAvgPool2d`.
  ///
  /// - Source: torch.nn.functional.adaptive_avg_pool3d
  public final func adaptiveAvgPool3d(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { adaptiveAverage("adaptiveAvgPool3d", 3, outputSize, file, line) }

  /// The largest elements of `outputSize` windows of the last dimension. See `adaptiveMaxPool2d`.
  ///
  /// - Source: torch.nn.functional.adaptive_max_pool1d
  public final func adaptiveMaxPool1d(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    adaptiveMaximum("adaptiveMaxPool1d", 1, outputSize, false, file, line).values
  }

  /// The largest elements of windows that divide the last two dimensions into `outputSize` parts, as
  /// `adaptiveAvgPool2d` makes them. NaN is larger than all.
  ///
  /// - Parameter outputSize: one number or one for each dimension, nil for the input's size.
  /// - Gradient: to the element found, the first of equal ones.
  /// - Source: torch.nn.functional.adaptive_max_pool2d
  public final func adaptiveMaxPool2d(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    adaptiveMaximum("adaptiveMaxPool2d", 2, outputSize, false, file, line).values
  }

  /// The largest elements of windows that divide the last three dimensions. See `adaptiveMaxPool2d`.
  ///
  /// - Source: torch.nn.functional.adaptive_max_pool3d
  public final func adaptiveMaxPool3d(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    adaptiveMaximum("adaptiveMaxPool3d", 3, outputSize, false, file, line).values
  }

  /// `adaptiveMaxPool1d` with the places found in the last dimension (int64).
  ///
  /// - Source: torch.nn.functional.adaptive_max_pool1d_with_indices
  public final func adaptiveMaxPool1dWithIndices(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let (values, indices) = adaptiveMaximum("adaptiveMaxPool1d", 1, outputSize, true, file, line)
    return (values, indices ?? .poison)
  }

  /// `adaptiveMaxPool2d` with the places found, counted row by row in each channel's plane (int64).
  ///
  /// - Source: torch.nn.functional.adaptive_max_pool2d_with_indices
  public final func adaptiveMaxPool2dWithIndices(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let (values, indices) = adaptiveMaximum("adaptiveMaxPool2d", 2, outputSize, true, file, line)
    return (values, indices ?? .poison)
  }

  /// `adaptiveMaxPool3d` with the places found, counted row by row in each channel's volume (int64).
  ///
  /// - Source: torch.nn.functional.adaptive_max_pool3d_with_indices
  public final func adaptiveMaxPool3dWithIndices(
    _ outputSize: AdaptiveSizes, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let (values, indices) = adaptiveMaximum("adaptiveMaxPool3d", 3, outputSize, true, file, line)
    return (values, indices ?? .poison)
  }

  private func adaptiveAverage(
    _ name: String, _ dims: Int, _ sizes: AdaptiveSizes, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Window in
      try Rules.floating(name, self.dtype)
      try Rules.spatial(name, dims, self.shape)
      return Window(
        dims: dims, source: self.shape, result: try sizes.of(name, dims, self.shape))
    }
    guard let window = checked else { return .poison }
    if window.result.suffix(dims).allSatisfy({ $0 == 1 }) {
      return mean(dim: (1...dims).map { -$0 }, keepDim: true, file: file, line: line)
    }
    let node = dims < 3 ? "AdaptiveAvgPool2DBackward0" : "AdaptiveAvgPool3DBackward0"
    return Averages(window: window)(self, node, file, line)
  }

  private func adaptiveMaximum(
    _ name: String, _ dims: Int, _ sizes: AdaptiveSizes, _ wantsIndices: Bool,
    _ file: StaticString, _ line: UInt
  ) -> (values: Tensor, indices: Tensor?) {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Window in
      try Rules.ordered(name, self.dtype)
      try Rules.spatial(name, dims, self.shape)
      return Window(
        dims: dims, source: self.shape, result: try sizes.of(name, dims, self.shape))
    }
    guard let window = checked else { return (.poison, nil) }
    let channelsLast = isChannelsLast(dims)
    func made(_ dtype: DType) -> Tensor {
      Tensor.windowed(window.result, dtype: dtype, channelsLast: channelsLast, dims: dims)
    }
    let output = made(dtype)
    let indices = wantsIndices || recording(self) ? made(.int64) : nil
    device.backend.maxPool(
      MaxPoolCall(window: window, input: self, output: output, indices: indices))
    if let indices, recording(self) {
      let node = dims < 3 ? "AdaptiveMaxPool2DBackward0" : "AdaptiveMaxPool3DBackward0"
      output.record(
        node, TensorList(self), saving: TensorList(indices), file: file, line: line
      ) { step, g in
        step.give(0, g.spread(to: step.saved(0), in: window))
      }
    }
    return (output, wantsIndices ? indices : nil)
  }
}
