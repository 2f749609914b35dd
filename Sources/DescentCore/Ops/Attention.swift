// Scaled dot-product attention.

extension Tensor {
  /// Looks keys up by this query and mixes their values: softmax(q kᵀ scale + mask) v.
  ///
  /// Query [..., L, E], key [..., S, E], value [..., S, V] give [..., L, V]. The scores are computed block
  /// by block and never stand in memory, unless they are float64 or dropout applies.
  /// - Parameters:
  ///   - attnMask: broadcasts to [..., L, S]; bool: true takes part; else it is added to the scores.
  ///   - dropoutP: the probability with which a weight is dropped, always: pass 0 outside training.
  ///   - isCausal: a query sees the keys up to its own position; not together with a mask.
  ///   - causalOffset: how many positions further a causal query sees: S - L for the last of S steps.
  ///   - scale: 1/√E by default.
  ///   - enableGqa: whether several heads of the query (dimension -3) share one of key and value.
  /// - Gradient: that of the two products and the softmax. A query that sees no key gives 0.
  /// - Source: torch.nn.functional.scaled_dot_product_attention; Vaswani et al. 2017; Dao et al. 2022
  public final func scaledDotProductAttention(
    _ key: Tensor, _ value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0,
    isCausal: Bool = false, causalOffset: Int = 0, scale: Double? = nil, enableGqa: Bool = false,
    generator: Generator? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.attention(self, key, value, attnMask, isCausal, enableGqa)
    }
    if checked == nil { return .poison }
    if dtype == .float16 || dtype == .bfloat16 {  // rounded once, as one kernel would
      let mask = attnMask.map { $0.dtype == .bool ? $0 : $0.float() }
      return float().scaledDotProductAttention(
        key.float(), value.float(), attnMask: mask, dropoutP: dropoutP, isCausal: isCausal,
        causalOffset: causalOffset, scale: scale, enableGqa: enableGqa, generator: generator,
        file: file, line: line
      ).to(dtype)
    }
    let plan = Attention(
      isCausal: isCausal, causalOffset: causalOffset,
      scale: scale ?? 1 / Double(Swift.max(shape[-1], 1)).squareRoot())
    if enableGqa, shape[-3] != key.shape[-3] {
      return attendedInGroups(plan, key, value, attnMask, dropoutP, generator, file, line)
    }
    let isFused = dtype == .float32 && dropoutP == 0 && !(attnMask.map { recording($0) } ?? false)
    if isFused, let batch = Tensor.attentionBatch(self, key, value, attnMask) {
      return attended(plan, batch, key, value, attnMask, file, line)
    }
    var weights = attentionWeights(plan, key, attnMask, file, line)
    if dropoutP > 0 { weights = weights.dropout(dropoutP, generator: generator) }
    return weights.matmul(value, file: file, line: line)
  }

  /// Heads of the query in groups, each with one head of key and value that is broadcast, not copied.
  private final func attendedInGroups(
    _ plan: Attention, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ dropoutP: Double,
    _ generator: Generator?, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let (heads, groups) = (shape[-3], key.shape[-3])
    if ndim == Shape.maxDims {  // no dimension is left for the groups
      return scaledDotProductAttention(
        key.repeatInterleave(heads / groups, dim: -3),
        value.repeatInterleave(heads / groups, dim: -3), attnMask: mask, dropoutP: dropoutP,
        isCausal: plan.isCausal, causalOffset: plan.causalOffset, scale: plan.scale,
        generator: generator, file: file, line: line)
    }
    func grouped(_ x: Tensor) -> Tensor {
      x.ndim < 3
        ? x : x.shape[-3] == 1 ? x.unsqueeze(-3) : x.unflatten(-3, [groups, heads / groups])
    }
    return grouped(self).scaledDotProductAttention(
      key.unsqueeze(-3), value.unsqueeze(-3), attnMask: mask.map(grouped), dropoutP: dropoutP,
      isCausal: plan.isCausal, causalOffset: plan.causalOffset, scale: plan.scale,
      generator: generator, file: file, line: line
    ).flatten(-4, -3)
  }

  /// softmax(q kᵀ scale + mask): what the kernel's weights are by definition, and how they are computed
  /// where it does not serve.
  private final func attentionWeights(
    _ plan: Attention, _ key: Tensor, _ mask: Tensor?, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    // Half of the scale on either side, so that neither large queries nor large keys overflow alone.
    let root = Swift.abs(plan.scale).squareRoot()
    let query = self * (plan.scale < 0 ? -root : root)
    var scores = query.matmul((key * root).transpose(-2, -1), file: file, line: line)
    if plan.isCausal {
      let seen = Tensor.ones([shape[-2], key.shape[-2]] as Shape, dtype: .bool)
        .tril(diagonal: plan.causalOffset)
      scores = scores.maskedFill(seen.logicalNot(), -Double.infinity)
    } else if let mask {
      scores =
        mask.dtype == .bool
        ? scores.maskedFill(mask.logicalNot(), -Double.infinity) : scores + mask
    }
    let weights = scores.softmax(dim: -1)
    if mask == nil && !(plan.isCausal && plan.causalOffset < 0) { return weights }
    // Where no key takes part the softmax has no value.
    let none = (scores.detach() .== -Double.infinity).all(dim: -1, keepDim: true)
    return weights.maskedFill(none, 0)
  }

  /// The kernel's attention, recorded. Operands are checked, float32 and not empty.
  private final func attended(
    _ plan: Attention, _ batch: Shape, _ key: Tensor, _ value: Tensor, _ mask: Tensor?,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    func expanded(_ operand: Tensor) -> Tensor {
      var shape = batch
      shape.append(operand.shape[-2])
      shape.append(operand.shape[-1])
      return operand.shape == shape ? operand : operand.expand(Array(shape))
    }
    let (query, key, value) = (expanded(self), expanded(key), expanded(value))
    let mask = mask.map { mask in
      mask.dtype != .bool
        ? mask.detach().to(.float32)
        : Tensor.zeros(mask.shape).maskedFill(mask.logicalNot(), -Double.infinity)
    }
    let records = recording(TensorList(query, key, value))
    var shape = query.layout.shape
    let logSums = records ? Tensor(empty: Shape(shape.dropLast()), dtype: .float32) : nil
    shape[-1] = value.layout.shape[-1]
    let output = Tensor.emptyInOrder(of: query, shape)
    device.backend.attention(
      AttentionCall(
        operands: plan.operands(query, key, value, mask), output: output, logSums: logSums))
    guard records, let logSums else { return output }
    var saving = TensorList(query, key, value, output)
    saving.append(logSums)
    if let mask { saving.append(mask) }
    let hasMask = mask != nil
    output.record(
      "ScaledDotProductFlashAttentionForCpuBackward0", TensorList(query, key, value),
      saving: saving, file: file, line: line
    ) { step, g in
      let (query, key, value) = (step.saved(0), step.saved(1), step.saved(2))
      let mask = hasMask ? step.saved(5) : nil
      if GradMode.isEnabled {
        query.giveDifferentiableGradients(plan, key, value, mask, g, step)
        return
      }
      let gradients = [query, key, value].enumerated().map { i, operand in
        step.needs(i) ? Tensor.emptyInOrder(of: operand, operand.layout.shape) : nil
      }
      g.device.backend.attentionBackward(
        AttentionBackwardCall(
          operands: plan.operands(query, key, value, mask), output: step.saved(3),
          logSums: step.saved(4), gradient: g, queryGradient: gradients[0],
          keyGradient: gradients[1], valueGradient: gradients[2]))
      for (i, gradient) in gradients.enumerated() {
        if let gradient { step.give(i, gradient) }
      }
    }
    return output
  }

  /// The kernel's gradients in tensor operations, which can be differentiated again.
  private final func giveDifferentiableGradients(
    _ plan: Attention, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ g: Tensor,
    _ step: BackwardStep
  ) {
    let weights = attentionWeights(plan, key, mask, "", 0)
    if step.needs(2) { step.give(2, weights.transpose(-2, -1).matmul(g)) }
    if !step.needs(0) && !step.needs(1) { return }
    let weightGradients = g.matmul(value.transpose(-2, -1))
    let own = (weights * weightGradients).sum(dim: -1, keepDim: true)
    let scores = weights * (weightGradients - own) * plan.scale
    if step.needs(0) { step.give(0, scores.matmul(key)) }
    if step.needs(1) { step.give(1, scores.transpose(-2, -1).matmul(self)) }
  }

  /// The leading dims that the kernel's operands have in common; nil where it does not serve: nothing to
  /// compute, a mask that has more positions than the scores, or sizes that do not fit at all.
  private static func attentionBatch(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?
  ) -> Shape? {
    if query.numel() == 0 || key.numel() == 0 || value.numel() == 0 { return nil }
    var scores = query.layout.shape
    scores[-1] = value.layout.shape[-2]
    for i in 0..<(scores.count - 2) {
      for size in [key.layout.shape[i], value.layout.shape[i]] where size != scores[i] {
        if size != 1 && scores[i] != 1 { return nil }
        if scores[i] == 1 { scores[i] = size }
      }
    }
    if let mask {
      let sizes = mask.layout.shape
      if sizes.count > scores.count { return nil }
      for i in 0..<sizes.count where sizes[i] != 1 {
        if sizes[i] != scores[i + scores.count - sizes.count] { return nil }
      }
    }
    scores.remove(at: scores.count - 1)
    scores.remove(at: scores.count - 1)
    return scores
  }

  /// Uninitialised, its dims in memory in the order of another tensor's, but the last one innermost: what
  /// was split into heads is put together again without a copy.
  private static func emptyInOrder(of other: Tensor, _ shape: Shape) -> Tensor {
    var order: [Int] = []
    for d in 0..<(shape.count - 1) {
      let place = order.firstIndex { other.layout.strides[$0] < other.layout.strides[d] }
      order.insert(d, at: place ?? order.count)
    }
    order.append(shape.count - 1)
    let output = Tensor(empty: shape, dtype: other.dtype, device: other.device)
    var step = 1
    for d in order.reversed() {
      output.layout.strides[d] = step
      step *= Swift.max(shape[d], 1)
    }
    return output
  }
}

/// What an attention is apart from its operands.
private struct Attention {
  let isCausal: Bool
  let causalOffset: Int
  let scale: Double

  func operands(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?
  ) -> AttentionOperands {
    AttentionOperands(
      query: query, key: key, value: value, mask: mask, isCausal: isCausal,
      causalOffset: causalOffset, scale: scale)
  }
}

extension Rules {
  static func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ isCausal: Bool,
    _ enableGqa: Bool
  ) throws(Misuse) {
    let name = "scaledDotProductAttention"
    let got =
      "query \(query.shape.brackets), key \(key.shape.brackets), value \(value.shape.brackets)"
    if query.ndim < 2 || key.ndim != query.ndim || value.ndim != query.ndim {
      throw Misuse(
        name, "query, key and value have as many dimensions, two at least", got: got,
        try: "[..., L, E], [..., S, E] and [..., S, V]")
    }
    if query.shape[-1] != key.shape[-1] || key.shape[-2] != value.shape[-2] {
      throw Misuse(
        name, "a key is as long as a query, and there are as many values as keys", got: got,
        try: "[..., L, E], [..., S, E] and [..., S, V]")
    }
    if isCausal && mask != nil {
      throw Misuse(
        name, "isCausal is a mask of its own", got: "isCausal and attnMask", try: "one of them")
    }
    if enableGqa
      && (query.ndim < 3 || key.shape[-3] == 0 || query.shape[-3] % key.shape[-3] != 0
        || key.shape[-3] != value.shape[-3])
    {
      throw Misuse(
        name, "the heads of the query are not a multiple of those of key and value", got: got,
        try: "heads that divide, in dimension -3")
    }
    try floating(name, query.dtype)
    for other in [key, value] where other.dtype != query.dtype {
      throw Misuse(
        name, "the operands have different dtypes",
        got: "\(query.dtype.name) and \(other.dtype.name)", try: "to(.\(query.dtype.name))")
    }
  }
}
