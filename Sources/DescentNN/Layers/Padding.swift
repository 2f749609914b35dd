import DescentCore

/// What the padding layers have in common: how much is added to each side of the last dimensions.
///
/// Made with one number for all sides, or a pair for each dimension, the last one first: left, right, top,
/// bottom, front, back. Inputs have a channel and may have a batch dimension in front.
public class PaddingLayer: Module {
  /// A pair for each dimension, the last one first.
  public final let padding: [Int]
  class var paddedDims: Int { 1 }
  class var mode: PaddingMode { .constant }

  /// Makes the layer.
  public init(
    _ padding: [Int], file: StaticString = #fileID, line: UInt = #line
  ) {
    let count = 2 * Self.paddedDims
    self.padding =
      padding.count == 1 ? [Int](repeating: padding[0], count: count) : padding
    super.init()
    if self.padding.count != count {
      Misuse(
        "\(Self.self)", "the padding is no pair for each dimension", got: "\(padding)",
        try: "1 or \(count) numbers"
      ).report(file: file, line: line)
    }
  }

  /// Makes the layer.
  public convenience init(
    _ padding: Int..., file: StaticString = #fileID, line: UInt = #line
  ) { self.init(padding, file: file, line: line) }

  public override func forward(_ x: Tensor) -> Tensor { x.pad(padding, mode: Self.mode) }

  public override var extraDescription: String {
    "(\(padding.map(String.init).joined(separator: ", ")))"
  }
}

/// Adds zeros around the last dimension.
///
/// - Source: torch.nn.ZeroPad1d
public final class ZeroPad1d: PaddingLayer {}

/// Adds zeros around the last two dimensions.
///
/// - Source: torch.nn.ZeroPad2d
public final class ZeroPad2d: PaddingLayer {
  override class var paddedDims: Int { 2 }
}

/// Adds zeros around the last three dimensions.
///
/// - Source: torch.nn.ZeroPad3d
public final class ZeroPad3d: PaddingLayer {
  override class var paddedDims: Int { 3 }
}

/// Mirrors the elements at the edges of the last dimension.
///
/// - Source: torch.nn.ReflectionPad1d
public final class ReflectionPad1d: PaddingLayer {
  override class var mode: PaddingMode { .reflect }
}

/// Mirrors the elements at the edges of the last two dimensions.
///
/// - Source: torch.nn.ReflectionPad2d
public final class ReflectionPad2d: PaddingLayer {
  override class var paddedDims: Int { 2 }
  override class var mode: PaddingMode { .reflect }
}

/// Mirrors the elements at the edges of the last three dimensions.
///
/// - Source: torch.nn.ReflectionPad3d
public final class ReflectionPad3d: PaddingLayer {
  override class var paddedDims: Int { 3 }
  override class var mode: PaddingMode { .reflect }
}

/// Repeats the elements at the edges of the last dimension.
///
/// - Source: torch.nn.ReplicationPad1d
public final class ReplicationPad1d: PaddingLayer {
  override class var mode: PaddingMode { .replicate }
}

/// Repeats the elements at the edges of the last two dimensions.
///
/// - Source: torch.nn.ReplicationPad2d
public final class ReplicationPad2d: PaddingLayer {
  override class var paddedDims: Int { 2 }
  override class var mode: PaddingMode { .replicate }
}

/// Repeats the elements at the edges of the last three dimensions.
///
/// - Source: torch.nn.ReplicationPad3d
public final class ReplicationPad3d: PaddingLayer {
  override class var paddedDims: Int { 3 }
  override class var mode: PaddingMode { .replicate }
}

/// Continues with the elements from the other end of the last dimension.
///
/// - Source: torch.nn.CircularPad1d
public final class CircularPad1d: PaddingLayer {
  override class var mode: PaddingMode { .circular }
}

/// Continues with the elements from the other end of the last two dimensions.
///
/// - Source: torch.nn.CircularPad2d
public final class CircularPad2d: PaddingLayer {
  override class var paddedDims: Int { 2 }
  override class var mode: PaddingMode { .circular }
}

/// Continues with the elements from the other end of the last three dimensions.
///
/// - Source: torch.nn.CircularPad3d
public final class CircularPad3d: PaddingLayer {
  override class var paddedDims: Int { 3 }
  override class var mode: PaddingMode { .circular }
}

/// What the layers that pad with one number have in common.
public class ConstantPaddingLayer: PaddingLayer {
  /// What is added.
  public final let value: Double
  private let valueText: String

  /// Makes the layer.
  public init(
    _ padding: [Int], value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.value = value.scalarValue.double
    valueText = value.scalarValue.description
    super.init(padding, file: file, line: line)
  }

  /// Makes the layer.
  public convenience init(
    _ padding: Int..., value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) { self.init(padding, value: value, file: file, line: line) }

  public final override func forward(_ x: Tensor) -> Tensor { x.pad(padding, value: value) }

  public final override var extraDescription: String {
    "padding=\(super.extraDescription), value=\(valueText)"
  }
}

/// Adds a number around the last dimension.
///
/// - Source: torch.nn.ConstantPad1d
public final class ConstantPad1d: ConstantPaddingLayer {}

/// Adds a number around the last two dimensions.
///
/// - Source: torch.nn.ConstantPad2d
public final class ConstantPad2d: ConstantPaddingLayer {
  override class var paddedDims: Int { 2 }
}

/// Adds a number around the last three dimensions.
///
/// - Source: torch.nn.ConstantPad3d
public final class ConstantPad3d: ConstantPaddingLayer {
  override class var paddedDims: Int { 3 }
}
