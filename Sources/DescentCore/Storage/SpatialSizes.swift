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
  /// One number for each of `dims` spatial dimensions, none below `least`.
  static func spatial(
    _ operation: String, _ name: String, _ sizes: [Int], _ dims: Int, least: Int
  ) throws(Misuse) -> Shape {
    if sizes.count != 1 && sizes.count != dims {
      throw Misuse(
        operation, "\(name) has \(sizes.count) numbers for \(dims) spatial dimensions",
        got: "\(name) \(sizes)", try: "one number, or \(dims)")
    }
    if let bad = sizes.first(where: { $0 < least }) {
      throw Misuse(
        operation, "\(name) \(bad) is less than \(least)", got: "\(name) \(sizes)",
        try: "\(name) of at least \(least)")
    }
    return sizes.count == dims ? Shape(sizes) : Shape(repeating: sizes[0], count: dims)
  }
}
