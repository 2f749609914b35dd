import DescentCore
import DescentNN
import Testing

@Suite("Transformers") struct TransformerTests {
  @Test("PyTorch's numbers from the same seed: outputs and gradients") func transformer() {
    let generator = Generator(seed: 3)
    let model = Transformer(
      dModel: 8, nhead: 2, numEncoderLayers: 2, numDecoderLayers: 2, dimFeedforward: 16, dropout: 0,
      activation: .gelu, batchFirst: true, generator: generator)
    let src = Tensor.randn(2, 5, 8, generator: generator)
    let tgt = Tensor.randn(2, 4, 8, generator: generator)
    let y = model(src, tgt, tgtMask: Transformer.generateSquareSubsequentMask(4))
    let expected = Tensor([
      [0.2903158, -1.113719, 0.4489429, 2.191199, 0.2506163, -0.4135795, -0.6384448, -1.015331],
      [0.196558, -1.199302, 0.4386764, 1.322943, 0.6308129, 1.071441, -1.284685, -1.176444],
    ])
    #expect(Tensor.stack([y[0, 0], y[1, 3]]).allclose(expected, rtol: 1e-4, atol: 1e-5))
    y.pow(3).sum().backward()
    let first = model.encoder.layers[0].selfAttn.inProjWeight!.grad!.abs().sum().item()
    let last = model.decoder.layers[1].multiheadAttn.inProjWeight!.grad!.abs().sum().item()
    #expect(abs(first / 229.2488 - 1) < 1e-3 && abs(last / 422.8065 - 1) < 1e-3)
  }

  @Test("layers of a stack begin with the same values and are their own") func stack() {
    let generator = Generator(seed: 4)
    let layer = TransformerEncoderLayer(
      8, 2, dimFeedforward: 16, dropout: 0, batchFirst: true, normFirst: true, generator: generator)
    let encoder = TransformerEncoder(layer, 2, norm: LayerNorm(8))
    let x = Tensor.randn(2, 5, 8, generator: generator)
    let padding = Tensor([
      [false, false, false, false, false], [false, false, false, true, true],
    ])
    let y = encoder(x, mask: nil, srcKeyPaddingMask: padding)
    let expected = Tensor([
      0.2906423, 0.2546613, 0.3445171, -0.3815886, -1.901875, -0.9258349, 1.619034, 0.7004437,
    ])
    #expect(y[1, 0].allclose(expected, rtol: 1e-4, atol: 1e-5))
    let names = encoder.stateDict().keys
    #expect(names.count == 26 && names.contains("layers.1.self_attn.in_proj_weight"))
    let (a, b) = (encoder.layers[0].linear1.weight, encoder.layers[1].linear1.weight)
    #expect(a.equal(b) && a !== b && a !== layer.linear1.weight)
    noGrad { _ = a.zero_() }
    #expect(!a.equal(b))
  }
}
