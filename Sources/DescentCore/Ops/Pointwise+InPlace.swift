// Elementwise operations into their first operand.

extension Pointwise {
  /// Runs the operation into its first input: the trailing-underscore form.
  ///
  /// The result must be storable in the input's dtype and have its shape.
  @discardableResult
  func applyInPlace(
    _ inputs: TensorList, scalars: ScalarList = ScalarList(), file: StaticString = "",
    line: UInt = 0
  ) -> Tensor {
    let target = inputs[0]
    if inputs.count == 1 && fitsFlat(target) && !(domain == .withoutBool && scalars.startsWithBool)
    {
      runFlat(target, target, isBinary: false, scalars, file, line)
      return target
    }
    if inputs.count == 2 && scalars.count == 0 && fitsFlat(target, inputs[1]) {
      runFlat(target, inputs[1], isBinary: true, scalars, file, line)
      return target
    }
    let dtype = promotedDType(inputs, scalars)
    if domain != .any && !accepts(inputs, scalars, file, line) { return target }
    let resultDType = result == .bool ? DType.bool : dtype
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.inPlace(name, target, resultDType, inputs)
      for i in 1..<Swift.max(inputs.count, 1) {
        try Rules.noOverlap("\(name)_", target, inputs[i])
      }
    }
    if checked == nil { return target }
    let records = isDifferentiable && recording(inputs)
    let before = records ? inputsBeforeChange(inputs) : inputs
    do throws(Misuse) {
      try target.device.backend.pointwise(
        PointwiseCall(
          program: program, dtype: dtype, shape: target.layout.shape,
          inputs: withoutOverlap(inputs),
          scalars: scalars, outputs: TensorList(target)))
    } catch {
      error.named(name).raise(file: file, line: line)
      return target
    }
    let version = target.storage.version
    target.didChange(name + "_", file, line)
    if records {
      let scratch = target.alias()
      record(scratch, before, scalars, dtype, file, line)
      let node = scratch.recordedFn!
      node.saved.predate(target.storage, to: version)
      target.rebase(onto: node)
    }
    return target
  }

  /// The commonest case: contiguous, of a floating-point dtype, not part of a graph. Others are looked at with care.
  @inline(__always)
  private func fitsFlat(_ target: Tensor) -> Bool {
    result == .promoted && !domain.refusesFloating && target.elementType.isFloatingPoint
      && target.layout.isContiguous
      && (!ThreadLocal.gradEnabled || !target.requiresGrad && target.viewBase == nil)
  }

  /// The same with another operand of this dtype that has memory of its own.
  @inline(__always)
  private func fitsFlat(_ target: Tensor, _ other: Tensor) -> Bool {
    fitsFlat(target) && other.elementType == target.elementType && other.layout.isContiguous
      && other.storage !== target.storage
      && (other.layout.shape == target.layout.shape || other.layout.isSingle(within: target.layout))
      && (!ThreadLocal.gradEnabled || !other.requiresGrad)
  }

  /// `other` is not looked at unless there are two operands.
  private func runFlat(
    _ target: Tensor, _ other: Tensor, isBinary: Bool, _ scalars: ScalarList, _ file: StaticString,
    _ line: UInt
  ) {
    do throws(Misuse) {
      try target.device.backend.pointwise(
        FlatCall(
          program: program, dtype: target.elementType, first: .passUnretained(target),
          second: isBinary ? .passUnretained(other) : nil,
          single: isBinary && other.layout.shape != target.layout.shape ? .second : .none,
          scalars: scalars,
          output: .passUnretained(target)))
    } catch { return error.named(name).raise(file: file, line: line) }
    target.didChange(name + "_", file, line)
  }

  /// Other inputs that share memory with the target are read whole before it is written.
  private func withoutOverlap(_ inputs: TensorList) -> TensorList {
    let target = inputs[0]
    var result = TensorList(target)
    for i in 1..<Swift.max(inputs.count, 1) {
      let input = inputs[i]
      let overlaps =
        input.storage === target.storage && input !== target
        && input.layout.extent.overlaps(target.layout.extent)
        && !(input.layout.offset == target.layout.offset
          && input.layout.shape == target.layout.shape
          && input.layout.strides == target.layout.strides && input.dtype == target.dtype)
      result.append(overlaps ? noGrad { input.clone() } : input)
    }
    return result
  }

  /// The target's old value, copied if the gradient will ask for it.
  private func inputsBeforeChange(_ inputs: TensorList) -> TensorList {
    let plan = derivatives.plan(for: self, needs: needsMask(inputs))
    if plan._withUnsafeGuaranteedRef({ !$0.saves(0) }) { return inputs }
    let old = noGrad { inputs[0].clone() }
    old.recordedFn = inputs[0].gradFn
    old.outputIndex = inputs[0].outputIndex
    var result = TensorList(old)
    for i in 1..<Swift.max(inputs.count, 1) { result.append(inputs[i]) }
    return result
  }
}
