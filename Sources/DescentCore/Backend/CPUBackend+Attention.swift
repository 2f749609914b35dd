import CDescent

/// Attention of float32 tensors [..., L, E], [..., S, E] and [..., S, V] with equal leading dims, in any
/// strides.
struct AttentionOperands {
  let query: Tensor
  let key: Tensor
  let value: Tensor
  /// float32, broadcasts to [..., L, S]; added to the scores.
  let mask: Tensor?
  let isCausal: Bool
  /// A query i sees the keys up to i + causalOffset.
  let causalOffset: Int
  let scale: Double
}

/// output = softmax(query keyᵀ scale + mask) value; [..., L, V], the last dim contiguous.
struct AttentionCall {
  let operands: AttentionOperands
  let output: Tensor
  /// [..., L], contiguous: for the backward.
  let logSums: Tensor?
}

/// The gradients that are asked for, each with a contiguous last dim.
struct AttentionBackwardCall {
  let operands: AttentionOperands
  let output: Tensor
  let logSums: Tensor
  let gradient: Tensor
  let queryGradient: Tensor?
  let keyGradient: Tensor?
  let valueGradient: Tensor?
}

// Attention.
extension CPUBackend {
  func attention(_ call: AttentionCall) {
    var attention = CPUBackend.describe(call.operands, call.output, call.logSums)
    CPUBackend.check(dsc_attention(&attention))
  }

  func attentionBackward(_ call: AttentionBackwardCall) {
    var attention = CPUBackend.describe(call.operands, call.output, call.logSums)
    var gradient = DscMatrices(call.gradient)
    var query = DscMatrices(call.queryGradient)
    var key = DscMatrices(call.keyGradient)
    var value = DscMatrices(call.valueGradient)
    CPUBackend.check(dsc_attention_backward(&attention, &gradient, &query, &key, &value))
  }

  private static func describe(
    _ operands: AttentionOperands, _ output: Tensor, _ logSums: Tensor?
  ) -> DscAttention {
    let query = operands.query.layout.shape
    let value = operands.value.layout.shape
    var attention = DscAttention()
    attention.batch_ndim = Int32(query.count - 2)
    withUnsafeMutableBytes(of: &attention.batch_shape) { raw in
      let sizes = raw.assumingMemoryBound(to: Int64.self)
      for i in 0..<(query.count - 2) { sizes[i] = Int64(query[i]) }
    }
    attention.queries = Int64(query[-2])
    attention.keys = Int64(value[-2])
    attention.size = Int64(query[-1])
    attention.value_size = Int64(value[-1])
    attention.query = DscMatrices(operands.query)
    attention.key = DscMatrices(operands.key)
    attention.value = DscMatrices(operands.value)
    attention.output = DscMatrices(output)
    if let mask = operands.mask {
      var scores = query
      scores[-1] = value[-2]
      attention.mask = DscMatrices(mask, mask.layout.expanded(to: scores))
    }
    attention.log_sums = logSums?.address.assumingMemoryBound(to: Float.self)
    attention.scale = operands.scale
    attention.causal = operands.isCausal
    attention.causal_offset = Int64(operands.causalOffset)
    return attention
  }
}

extension DscMatrices {
  fileprivate init(_ tensor: Tensor?) {
    self.init()
    if let tensor { self.init(tensor, tensor.layout) }
  }

  fileprivate init(_ tensor: Tensor, _ layout: Layout) {
    self.init()
    data = tensor.address.assumingMemoryBound(to: Float.self)
    row = Int64(layout.strides[-2])
    column = Int64(layout.strides[-1])
    withUnsafeMutableBytes(of: &batch) { raw in
      let strides = raw.assumingMemoryBound(to: Int64.self)
      for i in 0..<(layout.dims - 2) { strides[i] = Int64(layout.strides[i]) }
    }
  }
}
