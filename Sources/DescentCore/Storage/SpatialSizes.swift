/// A number for each spatial dimension of a window: one `Int` for all of them, or an array of one each.
///
/// ```swift
/// x.conv2d(weight, stride: 2)
/// x.conv2d(weight, stride: [2, 1])
/// ```
public protocol SpatialSizes: Sendable {
  /// The numbers.
  var sizes: Sizes { get }
}

extension Int: SpatialSizes {
  public var sizes: Sizes { Sizes(self) }
}

extension Array: SpatialSizes where Element == Int {
  public var sizes: Sizes { Sizes(self) }
}

extension Sizes: SpatialSizes {
  public var sizes: Sizes { self }
}

/// The zeros around the input of a convolution: as `SpatialSizes` on both sides, or by name.
public protocol ConvolutionPadding: Sendable {
  var amount: PaddingAmount { get }
}

/// What a `ConvolutionPadding` says.
public enum PaddingAmount: ConvolutionPadding, Hashable {
  case sizes([Int])
  /// As many that the output has the input's size; the stride is 1. An odd one is on the far side.
  case sameSize
  public var amount: PaddingAmount { self }
}

extension Int: ConvolutionPadding {
  public var amount: PaddingAmount { .sizes([self]) }
}

extension Array: ConvolutionPadding where Element == Int {
  public var amount: PaddingAmount { .sizes(self) }
}

extension ConvolutionPadding where Self == PaddingAmount {
  /// PyTorch's `padding="same"`.
  public static var same: PaddingAmount { .sameSize }
  /// PyTorch's `padding="valid"`: none.
  public static var valid: PaddingAmount { .sizes([0]) }
}

extension Rules {
  /// A value for each of `dims` spatial dimensions, none below `least`.
  static func perDim(
    _ operation: String, _ what: String, _ sizes: Sizes, _ dims: Int, least: Int
  ) throws(Misuse) -> Shape {
    guard let values = sizes.expanded(to: dims) else {
      throw Misuse(
        operation, "the \(what) has no value for each dimension", got: "\(what) \(sizes.values)",
        try: "1 or \(dims) numbers")
    }
    for value in values where value < least {
      throw Misuse(
        operation, "the \(what) is too small", got: "\(what) \(value)", try: "\(least) or more")
    }
    return Shape(values)
  }
}
