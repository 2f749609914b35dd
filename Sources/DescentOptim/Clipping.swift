import DescentCore

/// Scales the gradients of the parameters by one factor, so that the norm of all of them together is at
/// most `maxNorm`.
///
/// The factor is min(1, maxNorm / (norm + 1e-6)). Parameters without gradient are left out.
/// - Parameters:
///   - normType: the p of the norm; `.infinity` for the largest magnitude, `-.infinity` for the
///     smallest.
///   - errorIfNonfinite: refuse a norm that is infinite or NaN.
/// - Returns: the norm before clipping, a 0-d tensor.
/// - Source: torch.nn.utils.clip_grad_norm_; Pascanu et al. 2012
@discardableResult
public func clipGradNorm_(
  _ parameters: [Tensor], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  let gradients = parameters.compactMap(\.grad)
  return noGrad {
    let total = totalNorm(gradients, normType)
    if errorIfNonfinite && !total.item().isFinite {
      Misuse(
        "clipGradNorm_", "the norm of the gradients is not finite", got: "\(total.item())",
        try: "detectAnomaly, or errorIfNonfinite: false to go on"
      ).report(file: file, line: line)
      return total
    }
    let factor = (maxNorm / (total + 1e-6)).clamp(max: 1)
    for gradient in gradients { gradient *= factor }
    return total
  }
}

/// The norm of the tensors' norms: that of all elements together, except for p = 0, where PyTorch counts
/// the tensors that are not 0.
private func totalNorm(_ tensors: [Tensor], _ p: Double) -> Tensor {
  tensors.isEmpty ? Tensor.zeros([]) : Tensor.stack(tensors.map { $0.vectorNorm(p) }).vectorNorm(p)
}

private let limit = FusedUpdate("clipGradValue_", tensors: 1, outputs: 1, scalars: 1) { t, s in
  [minimum(maximum(t[0], -s[0]), s[0])]
}

/// Limits every element of the gradients to ±`clipValue`.
///
/// - Source: torch.nn.utils.clip_grad_value_
public func clipGradValue_(_ parameters: [Tensor], _ clipValue: Double) {
  var updates = UpdateBatch()
  for gradient in parameters.compactMap(\.grad) { updates.add(limit, [gradient], [clipValue]) }
  updates.run()
}
