/// What a window has for each spatial dimension: a size, a stride, a padding or a dilation.
///
/// ```swift
/// x.maxPool2d(2)                   // 2 x 2
/// x.maxPool2d([3, 2], stride: n)   // 3 x 2, n apart in both dimensions
/// ```
public struct Sizes: Sendable, Hashable {
  /// One value that stands for all dimensions, or one for each.
  public let values: [Int]
  /// Whether one value was given for all dimensions, which is how it is printed.
  public let isUniform: Bool

  /// The same value for all dimensions.
  public init(_ value: Int) {
    values = [value]
    isUniform = true
  }

  /// A value for each dimension; one alone stands for all, as in PyTorch.
  public init(_ values: [Int]) {
    self.values = values
    isUniform = false
  }

  /// A value for each of `dims` dimensions, or nil if another number of them was given.
  public func expanded(to dims: Int) -> [Int]? {
    if values.count == 1 { return [Int](repeating: values[0], count: dims) }
    return values.count == dims ? values : nil
  }
}

extension Sizes: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
  public init(arrayLiteral values: Int...) { self.init(values) }
}

extension Sizes: CustomStringConvertible {
  /// PyTorch's text: `2`, or the tuple `(3, 2)`.
  public var description: String {
    if isUniform { return "\(values[0])" }
    return "(\(values.map(String.init).joined(separator: ", "))\(values.count == 1 ? "," : ""))"
  }
}
