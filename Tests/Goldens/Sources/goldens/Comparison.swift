import Descent

/// How far a result may lie from PyTorch's.
struct Tolerance {
  /// The distance of PyTorch's own float32 result from its float64 result, where it was measured.
  var error: Double? = nil
  var relative = 2e-6
  var absolute = 1e-7
  /// Whether `relative` is of each element rather than of the largest.
  var isElementwise = false

  /// The rule of the golden files: max(20·err64, 2e-6·max|expected|, 1e-7).
  static func rule(_ error: Double?) -> Tolerance { Tolerance(error: error) }

  static let exact = Tolerance(relative: 0, absolute: 0)
}

extension Tolerance {
  /// What rounding to the dtype itself takes: one unit of the narrow types for values, four for
  /// gradients, where PyTorch rounds products to the dtype before it sums them.
  func widened(for dtype: DType, units: Double = 1) -> Tolerance {
    var copy = self
    switch dtype {
    case .bfloat16: copy.relative = max(relative, 0x1p-7 * units)
    case .float16: copy.relative = max(relative, 0x1p-10 * units)
    default: break
    }
    return copy
  }
}

/// Says how a result differs from the expected one; nil if it does not.
func difference(_ got: Tensor, _ expected: Tensor, _ tolerance: Tolerance = .rule(nil)) -> String? {
  if Array(got.shape) != Array(expected.shape) {
    return "shape \(Array(got.shape)), expected \(Array(expected.shape))"
  }
  if got.dtype != expected.dtype { return "dtype \(got.dtype), expected \(expected.dtype)" }
  if !got.isFloatingPoint {
    let (a, b) = (got.toArray(Int.self), expected.toArray(Int.self))
    guard let index = a.indices.first(where: { a[$0] != b[$0] }) else { return nil }
    return "[\(index)] is \(a[index]), expected \(b[index])"
  }
  let (a, b) = (got.toArray(Double.self), expected.toArray(Double.self))
  let largest = b.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
  var worst = (excess: 0.0, index: -1)
  for index in a.indices {
    let (x, y) = (a[index], b[index])
    if x.isNaN != y.isNaN || (!x.isFinite || !y.isFinite) && !x.isNaN && x != y {
      return "[\(index)] is \(x), expected \(y)"
    }
    guard y.isFinite else { continue }
    let size = tolerance.isElementwise ? abs(y) : largest
    let allowed = max(20 * (tolerance.error ?? 0), tolerance.relative * size, tolerance.absolute)
    if abs(x - y) - allowed > worst.excess { worst = (abs(x - y) - allowed, index) }
  }
  guard worst.index >= 0 else { return nil }
  let (x, y) = (a[worst.index], b[worst.index])
  return "[\(worst.index)] is \(x), expected \(y): \(abs(x - y)) apart, \(worst.excess) too much"
}
