import DescentCore

/// Attention of several heads, each with its own projections of query, key and value.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | in_proj_weight | [3 E, E] | Xavier uniform |
/// | q_proj_weight, k_proj_weight, v_proj_weight, where kdim or vdim differ | [E, E], [E, kdim], [E, vdim] | Xavier uniform |
/// | in_proj_bias | [3 E] | 0 |
/// | bias_k, bias_v, with `addBiasKv` | [1, 1, E] | Xavier normal |
/// | out_proj.weight, out_proj.bias | [E, E], [E] | as `Linear`, 0 |
/// - Source: torch.nn.MultiheadAttention; Vaswani et al. 2017
public final class MultiheadAttention: Module {
  public let embedDim: Int
  public let numHeads: Int
  public let dropout: Double
  public let addZeroAttn: Bool
  public let batchFirst: Bool
  public var inProjWeight: Parameter?
  public var qProjWeight: Parameter?
  public var kProjWeight: Parameter?
  public var vProjWeight: Parameter?
  public var inProjBias: Parameter?
  public var biasK: Parameter?
  public var biasV: Parameter?
  public let outProj: NonDynamicallyQuantizableLinear

  /// Makes the layer.
  ///
  /// - Precondition: the heads divide the size:
  ///   `MultiheadAttention: 3 heads do not divide 8. Got … Try …`
  public init(
    _ embedDim: Int, _ numHeads: Int, dropout: Double = 0, bias: Bool = true,
    addBiasKv: Bool = false, addZeroAttn: Bool = false, kdim: Int? = nil, vdim: Int? = nil,
    batchFirst: Bool = false, dtype: DType = .float32, generator: Generator? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.embedDim = embedDim
    self.numHeads = numHeads
    self.dropout = dropout
    self.addZeroAttn = addZeroAttn
    self.batchFirst = batchFirst
    func empty(_ sizes: Int...) -> Parameter {
      Parameter(Tensor.empty(Shape(sizes), dtype: dtype))
    }
    outProj = NonDynamicallyQuantizableLinear(
      embedDim, bias: bias, dtype: dtype, generator: generator)
    if (kdim ?? embedDim) == embedDim && (vdim ?? embedDim) == embedDim {
      inProjWeight = empty(3 * embedDim, embedDim)
    } else {
      qProjWeight = empty(embedDim, embedDim)
      kProjWeight = empty(embedDim, kdim ?? embedDim)
      vProjWeight = empty(embedDim, vdim ?? embedDim)
    }
    for weight in [inProjWeight, qProjWeight, kProjWeight, vProjWeight] {
      if let weight { Init.xavierUniform_(weight, generator: generator) }
    }
    if bias {
      let zeros = empty(3 * embedDim)
      Init.zeros_(zeros)
      inProjBias = zeros
    }
    if let bias = outProj.bias { Init.zeros_(bias) }
    if addBiasKv {
      let (k, v) = (empty(1, 1, embedDim), empty(1, 1, embedDim))
      Init.xavierNormal_(k, generator: generator)
      Init.xavierNormal_(v, generator: generator)
      (biasK, biasV) = (k, v)
    }
    super.init()
    if numHeads < 1 || embedDim % numHeads != 0 {
      Misuse(
        "MultiheadAttention", "\(numHeads) heads do not divide \(embedDim)",
        got: "embedDim \(embedDim), numHeads \(numHeads)", try: "a divisor of \(embedDim)"
      ).report(file: file, line: line)
    }
  }

  public override var parameterNames: [String: String] {
    [
      "inProjWeight": "in_proj_weight", "qProjWeight": "q_proj_weight",
      "kProjWeight": "k_proj_weight", "vProjWeight": "v_proj_weight",
      "inProjBias": "in_proj_bias", "biasK": "bias_k", "biasV": "bias_v", "outProj": "out_proj",
    ]
  }

  /// The mixture of values for each query, and with `needWeights` the weights.
  ///
  /// Query [L, N, E], key [S, N, kdim] and value [S, N, vdim] give [L, N, E]; with `batchFirst` N comes
  /// first, and without a batch it is missing.
  /// - Parameters:
  ///   - keyPaddingMask: [N, S]; bool: true leaves a key out; else it is added to the scores.
  ///   - attnMask: [L, S] or [N · heads, L, S]; alike.
  ///   - averageAttnWeights: weights [N, L, S], the mean of the heads; else [N, heads, L, S].
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, keyPaddingMask: Tensor? = nil,
    needWeights: Bool = true, attnMask: Tensor? = nil, averageAttnWeights: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (output: Tensor, weights: Tensor?) {
    inside(file: file, line: line) {
      let isBatched = query.ndim == 3
      func stepsFirst(_ x: Tensor) -> Tensor {
        isBatched ? (batchFirst ? x.transpose(0, 1) : x) : x.unsqueeze(1)
      }
      let padding = keyPaddingMask.map { isBatched ? $0 : $0.unsqueeze(0) }
      let q = stepsFirst(query)
      let k = key === query ? q : stepsFirst(key)
      let v = value === key ? k : stepsFirst(value)
      let (output, weights) = attend(q, k, v, padding, attnMask, needWeights: needWeights)
      let mean = averageAttnWeights ? weights?.mean(dim: 1) : weights
      if !isBatched { return (output.squeeze(1), mean?.squeeze(0)) }
      return (batchFirst ? output.transpose(0, 1) : output, mean)
    }
  }

  /// Attention of a sequence to itself.
  public override func forward(_ x: Tensor) -> Tensor {
    self(x, x, x, needWeights: false).output
  }

  /// Causal attention of further steps of a sequence to all before them and to themselves, whose keys and
  /// values the cache keeps.
  ///
  /// x [L, N, E] gives [L, N, E]; with `batchFirst` N comes first, and without a batch it is missing.
  /// ```swift
  /// let cache = KVCache(capacity: 256)
  /// var y = noGrad { attention(prompt, cache: cache) }
  /// y = noGrad { attention(next, cache: cache) }
  /// ```
  /// - Precondition: `MultiheadAttention: keys of the layer's own have no place in a cache. Got …`
  public func callAsFunction(
    _ x: Tensor, cache: KVCache, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      if biasK != nil || addZeroAttn {
        Misuse(
          "MultiheadAttention", "keys of the layer's own have no place in a cache",
          got: biasK == nil ? "addZeroAttn" : "addBiasKv", try: "a layer without them"
        ).report(file: file, line: line)
        return x
      }
      let isBatched = x.ndim == 3
      let steps = isBatched ? (batchFirst ? x.transpose(0, 1) : x) : x.unsqueeze(1)
      let (q, k, v) = projected(steps, steps, steps)
      let output = joined(cache.attend(heads(q), heads(k), heads(v), file: file, line: line))
      return isBatched ? (batchFirst ? output.transpose(0, 1) : output) : output.squeeze(1)
    }
  }

  /// [L, N, E] as [N, heads, L, E / heads].
  private func heads(_ x: Tensor) -> Tensor {
    x.reshape([x.shape[0], x.shape[1], numHeads, embedDim / numHeads]).permute(1, 2, 0, 3)
  }

  /// The way back, through the last layer.
  private func joined(_ x: Tensor) -> Tensor {
    outProj(x.permute(2, 0, 1, 3).reshape([x.shape[2], x.shape[0], embedDim]))
  }

  /// [L, N, E] of queries, keys and values.
  private func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ padding: Tensor?, _ mask: Tensor?,
    needWeights: Bool
  ) -> (Tensor, Tensor?) {
    var (q, k, v) = projected(query, key, value)
    let batch = q.shape[1]
    var added = 0
    if let biasK, let biasV {
      k = Tensor.cat([k, biasK.expand(1, batch, embedDim)])
      v = Tensor.cat([v, biasV.expand(1, batch, embedDim)])
      added += 1
    }
    (q, k, v) = (heads(q), heads(k), heads(v))
    if addZeroAttn {
      let zeros = Tensor.zeros([batch, numHeads, 1, embedDim / numHeads] as Shape, dtype: k.dtype)
      k = Tensor.cat([k, zeros], dim: 2)
      v = Tensor.cat([v, zeros], dim: 2)
      added += 1
    }
    let additive = combined(padding, mask, batch, added, k.dtype)
    let p = isTraining ? dropout : 0
    let output: Tensor
    var weights: Tensor?
    if needWeights {
      var scores = (q * (1 / Double(embedDim / numHeads).squareRoot())).matmul(k.transpose(-2, -1))
      if let additive { scores = scores + additive }
      let all = scores.softmax(dim: -1).dropout(p, training: p > 0)
      (output, weights) = (all.matmul(v), all)
    } else {
      output = q.scaledDotProductAttention(k, v, attnMask: additive, dropoutP: p)
    }
    return (joined(output), weights)
  }

  private func projected(
    _ query: Tensor, _ key: Tensor, _ value: Tensor
  ) -> (Tensor, Tensor, Tensor) {
    if let inProjWeight, query === key && key === value {  // one product for all three
      let parts = query.linear(inProjWeight, inProjBias).chunk(3, dim: -1)
      return (parts[0], parts[1], parts[2])
    }
    let biases = inProjBias.map { $0.chunk(3) } ?? []
    let weights =
      inProjWeight.map { $0.chunk(3) } ?? [qProjWeight, kProjWeight, vProjWeight].compactMap { $0 }
    func part(_ i: Int, _ x: Tensor) -> Tensor {
      x.linear(weights[i], biases.isEmpty ? nil : biases[i])
    }
    return (part(0, query), part(1, key), part(2, value))
  }

  /// Both masks as numbers to add, [N or 1, heads or 1, L or 1, S], with places for added keys.
  private func combined(
    _ padding: Tensor?, _ mask: Tensor?, _ batch: Int, _ added: Int, _ dtype: DType
  ) -> Tensor? {
    func numbers(_ mask: Tensor) -> Tensor {
      let values =
        mask.dtype == .bool
        ? Tensor.zeros(mask.shape, dtype: dtype).maskedFill(mask, -Double.infinity) : mask
      return added == 0 ? values : values.pad([0, added])
    }
    let spread = padding.map { numbers($0).unsqueeze(1).unsqueeze(1) }
    let own = mask.map { mask -> Tensor in
      let values = numbers(mask)
      if values.ndim == 2 { return values }
      return values.reshape([batch, numHeads, values.shape[1], values.shape[2]])
    }
    guard let spread, let own else { return spread ?? own }
    return spread + own
  }
}

/// The last layer of `MultiheadAttention`: a `Linear` under the name that PyTorch prints.
public final class NonDynamicallyQuantizableLinear: Module {
  public var weight: Parameter
  public var bias: Parameter?

  init(_ size: Int, bias: Bool, dtype: DType, generator: Generator?) {
    let linear = Linear(size, size, bias: bias, dtype: dtype, generator: generator)
    weight = linear.weight
    self.bias = linear.bias
  }

  public override func forward(_ x: Tensor) -> Tensor { x.linear(weight, bias) }

  public override func multiplyAdds(_ input: Tensor, _ output: Tensor) -> Int {
    output.numel() * weight.shape[1]
  }

  public override var extraDescription: String {
    "in_features=\(weight.shape[1]), out_features=\(weight.shape[0]), "
      + "bias=\(bias == nil ? "False" : "True")"
  }
}
