// PyTorch's type promotion: a lattice of dtypes and three classes of operands, of which the
// higher class decides alone unless the lower one is of a higher category.

extension DType {
  /// bool < integer < floating point.
  enum Category: UInt8, Comparable {
    case bool, integer, floating
    static func < (a: Category, b: Category) -> Bool { a.rawValue < b.rawValue }
  }

  var category: Category { self == .bool ? .bool : isInteger ? .integer : .floating }

  /// The smallest dtype to which both can be converted as PyTorch does it: `torch.promote_types`.
  ///
  /// uint8 with a signed integer gives the next wider signed type; float16 with bfloat16 gives
  /// float32; a floating type beats every integer without growing.
  public static func promote(_ a: DType, _ b: DType) -> DType {
    if a == b { return a }
    let low = min(a.rawValue, b.rawValue)
    let high = DType(rawValue: max(a.rawValue, b.rawValue))!
    if low == DType.uint8.rawValue && high == .int8 { return .int16 }
    if low == DType.float16.rawValue && high == .bfloat16 { return .float32 }
    return high
  }

  /// Whether values may be stored in `other` by an in-place operation: `torch.can_cast`.
  /// Floating point does not go to integers, nothing but bool goes to bool.
  public func canCast(to other: DType) -> Bool { category <= other.category }
}

/// Accumulates the dtypes of operands into the dtype of the result: `torch.result_type`.
///
/// Tensors with dimensions come before 0-d tensors, which come before Swift scalars: an operand of
/// a lower class counts only if its category (bool, integer, floating) is higher.
struct ResultType {
  private var dimensioned: DType?
  private var zeroDim: DType?
  private var scalar: DType?

  init() {}

  @inline(__always)
  mutating func add(_ dtype: DType, dims: Int) {
    if dims > 0 {
      dimensioned = dimensioned.map { DType.promote($0, dtype) } ?? dtype
    } else {
      zeroDim = zeroDim.map { DType.promote($0, dtype) } ?? dtype
    }
  }

  @inline(__always)
  mutating func add(_ value: ScalarValue) {
    let dtype = value.weakDType
    scalar = scalar.map { DType.promote($0, dtype) } ?? dtype
  }

  var dtype: DType {
    let lower = combine(zeroDim, scalar)
    return combine(dimensioned, lower) ?? .float32
  }

  private func combine(_ higher: DType?, _ lower: DType?) -> DType? {
    guard let higher else { return lower }
    guard let lower else { return higher }
    return lower.category > higher.category ? DType.promote(higher, lower) : higher
  }
}
