import CDescent

// Losses of classifiers.
extension CPUBackend {
  func classLoss(_ call: ClassLossCall) throws(Misuse) {
    var loss = CPUBackend.describe(call.classes)
    var bad: Int64 = 0
    let status = dsc_class_loss(
      &loss, call.losses?.address, call.sum?.address, call.factors?.address, &bad)
    if status & Int32(DSC_BAD_INDEX) != 0 {
      let count = call.classes.logProbabilities.shape[call.classes.dim]
      throw Misuse(
        "crossEntropy", "target \(bad) is no class of \(count)", got: "class index \(bad)",
        try: "indices from 0 to \(count - 1), or ignoreIndex: \(bad)")
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }

  func classLossBackward(_ call: ClassLossBackwardCall) {
    var loss = CPUBackend.describe(call.classes)
    CPUBackend.check(
      dsc_class_loss_backward(
        &loss, call.gradient.address, call.gradient.layout.dims > 0, call.factors?.address,
        call.isOfLogits, call.output.address))
  }

  private static func describe(_ operands: ClassOperands) -> DscClassLoss {
    let shape = operands.logProbabilities.layout.shape
    let classes = shape[operands.dim]
    let outer = operands.dim == 0 ? 1 : shape[0]
    let count = shape.elementCount
    return DscClassLoss(
      dtype: operands.logProbabilities.dtype.c, outer: Int64(outer), classes: Int64(classes),
      inner: Int64(count / Swift.max(outer * classes, 1)),
      log_probabilities: operands.logProbabilities.address,
      targets: operands.target.address.assumingMemoryBound(to: Int64.self),
      weight: UnsafeRawPointer(operands.weight?.address), ignored: Int64(operands.ignoreIndex))
  }
}
