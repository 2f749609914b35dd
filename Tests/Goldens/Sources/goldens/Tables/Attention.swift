import Descent

extension OpTable {
  func addAttention() {
    op("nn.functional.scaled_dot_product_attention") { a in
      let p = try a.double(4, "dropout_p", 0)
      if p > 0 { throw Refusal.unsupported("dropout drawn without a recorded seed") }
      return try a.x.scaledDotProductAttention(
        a.y, a.tensor(2, "value"), attnMask: a.optionalTensor(3, "attn_mask"),
        isCausal: a.bool(5, "is_causal", false),
        enableGqa: a.bool(nil, "enable_gqa", false))
    }
  }
}

extension ModuleTable {
  func addAttention() {
    module("MultiheadAttention") { a in
      MultiheadAttention(
        try a.int(0, "embed_dim"), try a.int(1, "num_heads"),
        dropout: try a.double(2, "dropout", 0), bias: try a.bool(3, "bias", true),
        addBiasKv: try a.bool(4, "add_bias_kv", false),
        addZeroAttn: try a.bool(5, "add_zero_attn", false),
        batchFirst: try a.bool(8, "batch_first", false))
    } forward: { module, a in
      let (output, weights) = module(
        try a.x, try a.y, try a.tensor(2),
        keyPaddingMask: try a.optionalTensor(3, "key_padding_mask"),
        attnMask: try a.optionalTensor(5, "attn_mask"))
      return [output] + [weights].compactMap { $0 }
    }
    module("TransformerEncoderLayer") { a in
      TransformerEncoderLayer(
        try a.int(0, "d_model"), try a.int(1, "nhead"),
        dimFeedforward: try a.int(2, "dim_feedforward", 2048),
        dropout: try a.double(3, "dropout", 0.1),
        batchFirst: try a.bool(6, "batch_first", false),
        normFirst: try a.bool(7, "norm_first", false), bias: try a.bool(8, "bias", true))
    } forward: { module, a in
      [
        module(
          try a.x, srcMask: try a.optionalTensor(1, "src_mask"),
          srcKeyPaddingMask: try a.optionalTensor(2, "src_key_padding_mask"))
      ]
    }
    module("TransformerDecoderLayer") { a in
      TransformerDecoderLayer(
        try a.int(0, "d_model"), try a.int(1, "nhead"),
        dimFeedforward: try a.int(2, "dim_feedforward", 2048),
        dropout: try a.double(3, "dropout", 0.1),
        batchFirst: try a.bool(6, "batch_first", false),
        normFirst: try a.bool(7, "norm_first", false), bias: try a.bool(8, "bias", true))
    } forward: { module, a in
      [
        module(
          try a.x, try a.y, tgtMask: try a.optionalTensor(2, "tgt_mask"),
          memoryMask: try a.optionalTensor(3, "memory_mask"),
          tgtKeyPaddingMask: try a.optionalTensor(4, "tgt_key_padding_mask"),
          memoryKeyPaddingMask: try a.optionalTensor(5, "memory_key_padding_mask"))
      ]
    }
  }
}
