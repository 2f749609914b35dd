/// What may stand between the brackets of `x[…]`.
///
/// | index | meaning |
/// |---|---|
/// | `3`, `-1` | one position; the dimension is dropped |
/// | `1..<3`, `1...`, `..<2`, `1...2` | a range; negative bounds of `.slice` count from the end |
/// | `.slice(from: 8, to: 2, step: 2)` | a range with a step, each part optional |
/// | `.all` | the whole dimension |
/// | `.ellipsis` | as many whole dimensions as are left |
/// | `.newAxis` | a new dimension of size 1 |
/// | an integer tensor, `[0, 2]` | positions: the result takes the index's shape there |
/// | a bool tensor, `[true, false]` | the elements where it is true |
/// | `true`, `false` | a new dimension of size 1 or 0 |
///
/// - Source: torch.Tensor.__getitem__
public protocol TensorIndex {
  var indexKind: IndexKind { get }
}

/// One index, understood.
public enum IndexKind {
  case position(Int)
  case slice(from: Int?, to: Int?, step: Int)
  case newAxis
  case ellipsis
  case tensor(Tensor)
}

extension Int: TensorIndex { public var indexKind: IndexKind { .position(self) } }
extension Range<Int>: TensorIndex {
  public var indexKind: IndexKind { .slice(from: lowerBound, to: upperBound, step: 1) }
}
extension ClosedRange<Int>: TensorIndex {
  public var indexKind: IndexKind { .slice(from: lowerBound, to: upperBound + 1, step: 1) }
}
extension PartialRangeFrom<Int>: TensorIndex {
  public var indexKind: IndexKind { .slice(from: lowerBound, to: nil, step: 1) }
}
extension PartialRangeUpTo<Int>: TensorIndex {
  public var indexKind: IndexKind { .slice(from: nil, to: upperBound, step: 1) }
}
extension PartialRangeThrough<Int>: TensorIndex {
  public var indexKind: IndexKind { .slice(from: nil, to: upperBound + 1, step: 1) }
}
extension Array: TensorIndex where Element: TensorLiteral {
  public var indexKind: IndexKind {
    .tensor(isEmpty ? Tensor.zeros([0], dtype: .int64) : Tensor(self))
  }
}
extension Bool: TensorIndex { public var indexKind: IndexKind { .tensor(Tensor(self)) } }
extension Tensor: TensorIndex { public var indexKind: IndexKind { .tensor(self) } }

/// The indices that are words: `.all`, `.ellipsis`, `.newAxis`, `.slice(…)`.
public struct IndexMark: TensorIndex {
  public let indexKind: IndexKind
}

extension TensorIndex where Self == IndexMark {
  /// The whole dimension: Python's `:`.
  public static var all: IndexMark { IndexMark(indexKind: .slice(from: nil, to: nil, step: 1)) }
  /// As many whole dimensions as are left: Python's `...`.
  public static var ellipsis: IndexMark { IndexMark(indexKind: .ellipsis) }
  /// A new dimension of size 1: Python's `None`.
  public static var newAxis: IndexMark { IndexMark(indexKind: .newAxis) }
  /// A range with optional bounds (negative: from the end) and a positive step: Python's `a:b:c`.
  public static func slice(from: Int? = nil, to: Int? = nil, step: Int = 1) -> IndexMark {
    IndexMark(indexKind: .slice(from: from, to: to, step: step))
  }
}
