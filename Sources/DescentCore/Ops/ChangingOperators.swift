// The changing operators `+=`, `-=`, `*=`, `/=`: the tensor is changed, not the variable.
//
// Each has two forms. On `let` constants, and on whatever else cannot be assigned, the one in the protocol
// extension runs. On what can be assigned Swift prefers the `inout` one, which hands the tensor back to
// where it came from: so that `x[indices] += 1` writes the copy that an index tensor reads into x again.

/// What the changing operators work on: tensors.
public protocol TensorChanging: AnyObject {}

extension Tensor: TensorChanging {}

extension TensorChanging where Self: Tensor {
  public static func += (a: Self, b: Tensor) { a.changing(.add, by: b) }
  public static func += (a: Self, b: some Scalar) { a.changing(.add, by: b) }
  public static func -= (a: Self, b: Tensor) { a.changing(.sub, by: b) }
  public static func -= (a: Self, b: some Scalar) { a.changing(.sub, by: b) }
  public static func *= (a: Self, b: Tensor) { a.changing(.mul, by: b) }
  public static func *= (a: Self, b: some Scalar) { a.changing(.mul, by: b) }
  public static func /= (a: Self, b: Tensor) { a.changing(.div, by: b) }
  public static func /= (a: Self, b: some Scalar) { a.changing(.div, by: b) }
}

extension Tensor {
  public static func += (a: inout Tensor, b: Tensor) { a.changing(.add, by: b) }
  public static func += (a: inout Tensor, b: some Scalar) { a.changing(.add, by: b) }
  public static func -= (a: inout Tensor, b: Tensor) { a.changing(.sub, by: b) }
  public static func -= (a: inout Tensor, b: some Scalar) { a.changing(.sub, by: b) }
  public static func *= (a: inout Tensor, b: Tensor) { a.changing(.mul, by: b) }
  public static func *= (a: inout Tensor, b: some Scalar) { a.changing(.mul, by: b) }
  public static func /= (a: inout Tensor, b: Tensor) { a.changing(.div, by: b) }
  public static func /= (a: inout Tensor, b: some Scalar) { a.changing(.div, by: b) }

  fileprivate enum Change { case add, sub, mul, div }

  @inline(__always)
  fileprivate final func changing(_ change: Change, by other: Tensor) {
    let operands = TensorList(self, other)
    switch change {
    case .add: Self.addOp.applyInPlace(operands)
    case .sub:
      if Self.takesBool(self, other) {
        _ = Self.refusedBool
      } else {
        Self.subOp.applyInPlace(operands)
      }
    case .mul: Self.mulOp.applyInPlace(operands)
    case .div: Self.divOp.applyInPlace(operands)
    }
  }

  @inline(__always)
  fileprivate final func changing(_ change: Change, by number: some Scalar) {
    let (operand, scalars) = (TensorList(self), ScalarList(number.scalarValue))
    switch change {
    case .add: Self.addScalarOp.applyInPlace(operand, scalars: scalars)
    case .sub:
      if Self.takesBool(self, number) {
        _ = Self.refusedBool
      } else {
        Self.subScalarOp.applyInPlace(operand, scalars: scalars)
      }
    case .mul: Self.mulScalarOp.applyInPlace(operand, scalars: scalars)
    case .div: Self.divScalarOp.applyInPlace(operand, scalars: scalars)
    }
  }
}
