// The changing operators `+=`, `-=`, `*=`, `/=`, `%=`: the tensor is changed, not the variable.
//
// Each has two forms. On `let` constants, and on whatever else cannot be assigned, the one in the protocol
// extension runs. On what can be assigned Swift prefers the `inout` one, which hands the tensor back to
// where it came from: so that `x[indices] += 1` writes the copy that an index tensor reads into x again.

/// What the changing operators work on: tensors.
public protocol TensorChanging: AnyObject {}

extension Tensor: TensorChanging {}

extension TensorChanging where Self: Tensor {
  public static func += (a: Self, b: Tensor) { a.changed(by: Tensor.addOp, b) }
  public static func += (a: Self, b: some Scalar) { a.changed(by: Tensor.addScalarOp, b) }
  public static func -= (a: Self, b: Tensor) { a.changed(by: Tensor.subOp, b) }
  public static func -= (a: Self, b: some Scalar) { a.changed(by: Tensor.subScalarOp, b) }
  public static func *= (a: Self, b: Tensor) { a.changed(by: Tensor.mulOp, b) }
  public static func *= (a: Self, b: some Scalar) { a.changed(by: Tensor.mulScalarOp, b) }
  public static func /= (a: Self, b: Tensor) { a.changed(by: Tensor.divOp, b) }
  public static func /= (a: Self, b: some Scalar) { a.changed(by: Tensor.divScalarOp, b) }
  public static func %= (a: Self, b: Tensor) { a.changed(by: Tensor.remainderOp, b) }
  public static func %= (a: Self, b: some Scalar) { a.changed(by: Tensor.remainderScalarOp, b) }
}

extension Tensor {
  public static func += (a: inout Tensor, b: Tensor) { a.changed(by: Tensor.addOp, b) }
  public static func += (a: inout Tensor, b: some Scalar) { a.changed(by: Tensor.addScalarOp, b) }
  public static func -= (a: inout Tensor, b: Tensor) { a.changed(by: Tensor.subOp, b) }
  public static func -= (a: inout Tensor, b: some Scalar) { a.changed(by: Tensor.subScalarOp, b) }
  public static func *= (a: inout Tensor, b: Tensor) { a.changed(by: Tensor.mulOp, b) }
  public static func *= (a: inout Tensor, b: some Scalar) { a.changed(by: Tensor.mulScalarOp, b) }
  public static func /= (a: inout Tensor, b: Tensor) { a.changed(by: Tensor.divOp, b) }
  public static func /= (a: inout Tensor, b: some Scalar) { a.changed(by: Tensor.divScalarOp, b) }
  public static func %= (a: inout Tensor, b: Tensor) { a.changed(by: Tensor.remainderOp, b) }
  public static func %= (a: inout Tensor, b: some Scalar) {
    a.changed(by: Tensor.remainderScalarOp, b)
  }

  @inline(__always)
  fileprivate final func changed(by op: Pointwise, _ other: Tensor) {
    op.applyInPlace(TensorList(self, other))
  }
  @inline(__always)
  fileprivate final func changed(by op: Pointwise, _ number: some Scalar) {
    op.applyInPlace(TensorList(self), scalars: ScalarList(number.scalarValue))
  }
}
