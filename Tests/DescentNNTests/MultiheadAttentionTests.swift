import DescentCore
import DescentNN
import Testing

@Suite("Attention") struct MultiheadAttentionTests {
  @Test("weights sum to one, and a masked key has none") func weights() {
    let layer = MultiheadAttention(8, 2, batchFirst: true, generator: Generator(seed: 1))
    let x = Tensor.randn(3, 5, 8, generator: Generator(seed: 2))
    let padding = Tensor([[false, false, false, false, true]]).expand(3, 5)
    let (output, weights) = layer(x, x, x, keyPaddingMask: padding)
    #expect(output.shape == [3, 5, 8] && weights!.shape == [3, 5, 5])
    #expect(weights!.sum(dim: -1).allclose(Tensor.ones(3, 5), rtol: 1e-5, atol: 1e-6))
    #expect(weights!.select(2, 4).abs().max().item() == 0)
    let alone = layer(x, x, x, keyPaddingMask: padding, needWeights: false).output
    #expect(alone.allclose(output, rtol: 1e-5, atol: 1e-5))
  }

  @Test("a causal query sees no key after it; one that sees none gives zeros") func causal() {
    let generator = Generator(seed: 3)
    let (q, k, v) = (
      Tensor.randn(2, 4, 8, generator: generator), Tensor.randn(2, 4, 8, generator: generator),
      Tensor.randn(2, 4, 8, generator: generator)
    )
    let causal = q.scaledDotProductAttention(k, v, isCausal: true)
    let mask = Tensor.ones(4, 4, dtype: .bool).tril()
    #expect(causal.equal(q.scaledDotProductAttention(k, v, attnMask: mask)))
    #expect(causal.select(1, 0).allclose(v.select(1, 0), rtol: 1e-5, atol: 1e-6))
    let none = q.scaledDotProductAttention(k, v, attnMask: Tensor.zeros(4, 4, dtype: .bool))
    #expect(none.abs().max().item() == 0)
  }

  @Test("a layer prints as PyTorch's") func printing() {
    #expect(
      "\(MultiheadAttention(8, 2))"
        == "MultiheadAttention(\n  (out_proj): NonDynamicallyQuantizableLinear("
        + "in_features=8, out_features=8, bias=True)\n)")
  }

  @Test("misuse says what is wrong") func misuse() {
    func message(_ body: () -> Void) -> String {
      do {
        try checked { body() }
        return ""
      } catch { return "\(error)" }
    }
    #expect(message { _ = MultiheadAttention(8, 3) }.contains("3 heads do not divide 8"))
    let x = Tensor.ones(2, 4, 8)
    #expect(
      message { _ = x.scaledDotProductAttention(Tensor.ones(2, 4, 6), x) }
        .contains("a key is as long as a query"))
    #expect(
      message {
        _ = x.scaledDotProductAttention(x, x, attnMask: Tensor.ones(4, 4), isCausal: true)
      }.contains("isCausal is a mask of its own"))
  }
}
