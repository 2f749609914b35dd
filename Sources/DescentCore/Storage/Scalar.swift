/// A Swift number that can stand beside a tensor: `Int`, `Float`, `Double` and `Bool`.
///
/// Scalars are weak: they take part in promotion only by their category, so `int64Tensor + 1` stays
/// int64, `int64Tensor + 1.0` becomes float32 and `float16Tensor * 2.0` stays float16.
public protocol Scalar: Sendable {
  /// The number with its category kept.
  var scalarValue: ScalarValue { get }
  /// The number converted; nil where it does not fit.
  init?(scalarValue: ScalarValue)
}

/// A number with its category: what operations see of a `Scalar`.
public enum ScalarValue: Sendable, Hashable {
  case bool(Bool)
  case int(Int)
  case double(Double)

  /// The dtype that the number has as the only operand.
  var weakDType: DType {
    switch self {
    case .bool: .bool
    case .int: .int64
    case .double: .float32
    }
  }

  /// The value as a Double (true is 1).
  @inline(__always)
  public var double: Double {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .double(let value): value
    }
  }

  /// The value as an Int, truncated toward zero; nil if it does not fit.
  public var int: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    case .double(let value): Int(exactly: value.rounded(.towardZero))
    }
  }

  var isFloating: Bool {
    if case .double = self { true } else { false }
  }
}

extension ScalarValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    }
  }
}

extension Int: Scalar {
  public var scalarValue: ScalarValue { .int(self) }
  public init?(scalarValue: ScalarValue) {
    guard let value = scalarValue.int else { return nil }
    self = value
  }
}
extension Double: Scalar {
  public var scalarValue: ScalarValue { .double(self) }
  public init?(scalarValue: ScalarValue) { self = scalarValue.double }
}
extension Float: Scalar {
  public var scalarValue: ScalarValue { .double(Double(self)) }
  public init?(scalarValue: ScalarValue) { self = Float(scalarValue.double) }
}
extension Bool: Scalar {
  public var scalarValue: ScalarValue { .bool(self) }
  public init?(scalarValue: ScalarValue) { self = scalarValue.double != 0 }
}

/// The scalars of one call, inline: most operations have none or one, and none may cost a heap array.
struct ScalarList {
  private(set) var count = 0
  private var first = ScalarValue.int(0)
  private var second = ScalarValue.int(0)
  private var third = ScalarValue.int(0)
  private var fourth = ScalarValue.int(0)

  @inline(__always) init() {}
  @inline(__always) init(_ a: ScalarValue) {
    count = 1
    first = a
  }
  @inline(__always) init(_ a: ScalarValue, _ b: ScalarValue) {
    count = 2
    first = a
    second = b
  }
  init(_ values: [ScalarValue]) { for value in values { append(value) } }

  mutating func append(_ value: ScalarValue) {
    switch count {
    case 0: first = value
    case 1: second = value
    case 2: third = value
    case 3: fourth = value
    default: preconditionFailure("an operation takes at most 4 numbers")
    }
    count += 1
  }

  @inline(__always)
  subscript(index: Int) -> ScalarValue {
    index == 0 ? first : index == 1 ? second : index == 2 ? third : fourth
  }
}
