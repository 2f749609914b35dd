import Descent

/// A block of the GPT: attention with one projection for query, key and value, and two linear layers.
final class GPTBlock: Module {
  let ln1 = LayerNorm(384)
  let ln2 = LayerNorm(384)
  let qkv = Linear(384, 3 * 384, bias: false)
  let proj = Linear(384, 384, bias: false)
  let fc = Linear(384, 4 * 384, bias: false)
  let fc2 = Linear(4 * 384, 384, bias: false)

  func callAsFunction(_ x: Tensor, _ cache: KVCache?) -> Tensor {
    let (n, t) = (x.shape[0], x.shape[1])
    let parts = qkv(ln1(x)).split(384, dim: 2).map { $0.view(n, t, 6, 64).transpose(1, 2) }
    let (q, k, v) = (parts[0], parts[1], parts[2])
    let y =
      cache.map { $0.attend(q, k, v) } ?? q.scaledDotProductAttention(k, v, isCausal: true)
    let z = x + proj(y.transpose(1, 2).reshape(n, t, 384))
    return z + fc2(fc(ln2(z)).gelu())
  }
}

/// A small GPT over characters: 6 layers of 6 heads, width 384.
final class GPT: Module {
  let wte = Embedding(65, 384)
  let wpe = Embedding(256, 384)
  let blocks = (0..<6).map { _ in GPTBlock() }
  let lnf = LayerNorm(384)
  let head = Linear(384, 65, bias: false)

  override func forward(_ x: Tensor) -> Tensor { self(x, caches: nil) }

  func callAsFunction(_ ids: Tensor, caches: [KVCache]?) -> Tensor {
    let start = caches?[0].length ?? 0
    var x = wte(ids) + wpe.weight[start..<(start + ids.shape[1])]
    for (i, block) in blocks.enumerated() { x = block(x, caches?[i]) }
    return head(lnf(x))
  }
}

/// A layer of the encoder: separate projections, norms after the sums.
final class EncoderBlock: Module {
  let q = Linear(384, 384)
  let k = Linear(384, 384)
  let v = Linear(384, 384)
  let o = Linear(384, 384)
  let l1 = LayerNorm(384)
  let l2 = LayerNorm(384)
  let f1 = Linear(384, 4 * 384)
  let f2 = Linear(4 * 384, 384)

  override func forward(_ x: Tensor) -> Tensor {
    let (n, t) = (x.shape[0], x.shape[1])
    let parts = [q, k, v].map { $0(x).view(n, t, 12, 32).transpose(1, 2) }
    let y = parts[0].scaledDotProductAttention(parts[1], parts[2])
    let z = l1(x + o(y.transpose(1, 2).reshape(n, t, 384)))
    return l2(z + f2(f1(z).gelu()))
  }
}

/// The shape of MiniLM: sentences to vectors.
final class SentenceEncoder: Module {
  let w = Embedding(30522, 384)
  let p = Embedding(512, 384)
  let ln = LayerNorm(384)
  let layers = (0..<6).map { _ in EncoderBlock() }

  override func forward(_ ids: Tensor) -> Tensor {
    var x = ln(w(ids) + p.weight[0..<ids.shape[1]])
    for layer in layers { x = layer(x) }
    return x.mean(dim: 1)
  }
}

/// B6: a step of training of the GPT, a prompt, a token after 128 others. B8: sentences encoded.
@MainActor let transformerRows: [Row] =
  [
    gptTraining("B6-gpt-train", 4), gptTraining("B6-gpt-train-quarter", 1),
    gptTraining("B6-gpt-train-x4", 16),
    Row("B6-gpt-prefill") {
      let model = GPT().eval()
      let x = Tensor.randint(65, [1, 256])
      return { noGrad { model(x) } }
    },
    Row("B6-gpt-generate") {
      let model = GPT().eval()
      let prompt = Tensor.randint(65, [1, 128])
      let token = Tensor.randint(65, [1, 1])
      let caches = (0..<6).map { _ in KVCache(capacity: 256) }
      noGrad { _ = model(prompt, caches: caches) }
      return {
        for cache in caches { cache.truncate(to: 128) }
        return noGrad { model(token, caches: caches) }
      }
    },
  ]
  + [1, 32].map { batch in
    Row("B8-encoder-\(batch)") {
      let model = SentenceEncoder().eval()
      let ids = Tensor.randint(30522, [batch, 128])
      return { noGrad { model(ids) } }
    }
  }

@MainActor private func gptTraining(_ name: String, _ batch: Int) -> Row {
  Row(name) {
    let model = GPT()
    let optimizer = AdamW(model.parameters(), lr: 1e-3)
    let (x, y) = (Tensor.randint(65, [batch, 256]), Tensor.randint(65, [batch, 256]))
    return {
      let loss = model(x).view(-1, 65).crossEntropy(y.view(-1))
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      return model.wte.weight.grad!
    }
  }
}
