// Scaled dot-product attention.

extension Tensor {
  /// Looks keys up by this query and mixes their values: softmax(q kᵀ scale + mask) v.
  ///
  /// Query [..., L, E], key [..., S, E], value [..., S, V] give [..., L, V].
  /// - Parameters:
  ///   - attnMask: broadcasts to [..., L, S]; bool: true takes part; else it is added to the scores.
  ///   - dropoutP: the probability with which a weight is dropped, always: pass 0 outside training.
  ///   - isCausal: a query sees the keys up to its own position; not together with a mask.
  ///   - scale: 1/√E by default.
  ///   - enableGqa: whether several heads of the query (dimension -3) share one of key and value.
  /// - Gradient: that of the two products and the softmax. A query that sees no key gives 0.
  /// - Source: torch.nn.functional.scaled_dot_product_attention; Vaswani et al. 2017
  public final func scaledDotProductAttention(
    _ key: Tensor, _ value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0,
    isCausal: Bool = false, scale: Double? = nil, enableGqa: Bool = false,
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
        scale: scale, enableGqa: enableGqa, generator: generator, file: file, line: line
      ).to(dtype)
    }
    var (key, value) = (key, value)
    if enableGqa {
      let repeats = shape[-3] / Swift.max(key.shape[-3], 1)
      key = key.repeatInterleave(repeats, dim: -3)
      value = value.repeatInterleave(repeats, dim: -3)
    }
    // Half of the scale on either side, so that neither large queries nor large keys overflow alone.
    let factor = scale ?? 1 / Double(Swift.max(shape[-1], 1)).squareRoot()
    let root = Swift.abs(factor).squareRoot()
    let query = self * (factor < 0 ? -root : root)
    var scores = query.matmul((key * root).transpose(-2, -1), file: file, line: line)
    if isCausal {
      let seen = Tensor.ones([shape[-2], key.shape[-2]] as Shape, dtype: .bool).tril()
      scores = scores.maskedFill(seen.logicalNot(), -Double.infinity)
    } else if let attnMask {
      scores =
        attnMask.dtype == .bool
        ? scores.maskedFill(attnMask.logicalNot(), -Double.infinity) : scores + attnMask
    }
    var weights = scores.softmax(dim: -1)
    if attnMask != nil {
      // Where no key takes part the softmax has no value.
      let none = (scores.detach() .== -Double.infinity).all(dim: -1, keepDim: true)
      weights = weights.maskedFill(none, 0)
    }
    if dropoutP > 0 { weights = weights.dropout(dropoutP, generator: generator) }
    return weights.matmul(value, file: file, line: line)
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
