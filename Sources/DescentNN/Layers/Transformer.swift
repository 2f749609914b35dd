import DescentCore

/// Layers of a transformer's encoder, one after the other.
///
/// ```swift
/// let encoder = TransformerEncoder(TransformerEncoderLayer(512, 8, batchFirst: true), 6)
/// let y = encoder(Tensor.randn(32, 10, 512))   // [32, 10, 512]
/// ```
/// - Source: torch.nn.TransformerEncoder; Vaswani et al. 2017
public final class TransformerEncoder: Module {
  public let layers: [TransformerEncoderLayer]
  public let norm: LayerNorm?

  /// Makes `numLayers` copies of a layer, which begin with the same values.
  ///
  /// - Parameter norm: what the last layer's sequence goes through.
  public init(_ layer: TransformerEncoderLayer, _ numLayers: Int, norm: LayerNorm? = nil) {
    layers = (0..<numLayers).map { _ in layer.copy() }
    self.norm = norm
  }

  /// The sequence after all layers; masks as in `MultiheadAttention`, for every layer.
  public func callAsFunction(
    _ x: Tensor, mask: Tensor?, srcKeyPaddingMask: Tensor? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      var y = x
      for layer in layers { y = layer(y, srcMask: mask, srcKeyPaddingMask: srcKeyPaddingMask) }
      return norm.map { $0(y) } ?? y
    }
  }

  /// The sequence after all layers, without masks.
  public override func forward(_ x: Tensor) -> Tensor { self(x, mask: nil) }
}

/// Layers of a transformer's decoder, one after the other.
///
/// - Source: torch.nn.TransformerDecoder; Vaswani et al. 2017
public final class TransformerDecoder: Module {
  public let layers: [TransformerDecoderLayer]
  public let norm: LayerNorm?

  /// Makes `numLayers` copies of a layer, which begin with the same values.
  ///
  /// - Parameter norm: what the last layer's sequence goes through.
  public init(_ layer: TransformerDecoderLayer, _ numLayers: Int, norm: LayerNorm? = nil) {
    layers = (0..<numLayers).map { _ in layer.copy() }
    self.norm = norm
  }

  /// The sequence after all layers; `memory` is the encoder's, masks as in `MultiheadAttention`.
  public func callAsFunction(
    _ x: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      var y = x
      for layer in layers {
        y = layer(
          y, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
          memoryKeyPaddingMask: memoryKeyPaddingMask)
      }
      return norm.map { $0(y) } ?? y
    }
  }
}

/// A transformer: an encoder of one sequence, and a decoder of another that attends to it.
///
/// Matrices are drawn as Xavier's uniform numbers, layer after layer, the encoder first.
/// ```swift
/// let model = Transformer(dModel: 512, nhead: 8, batchFirst: true)
/// let y = model(Tensor.randn(32, 10, 512), Tensor.randn(32, 20, 512))   // [32, 20, 512]
/// ```
/// - Source: torch.nn.Transformer; Vaswani et al. 2017
public final class Transformer: Module {
  public let encoder: TransformerEncoder
  public let decoder: TransformerDecoder

  /// Makes the model.
  public init(
    dModel: Int = 512, nhead: Int = 8, numEncoderLayers: Int = 6, numDecoderLayers: Int = 6,
    dimFeedforward: Int = 2048, dropout: Double = 0.1, activation: TransformerActivation = .relu,
    layerNormEps: Double = 1e-5, batchFirst: Bool = false, normFirst: Bool = false,
    bias: Bool = true, dtype: DType = .float32, generator: Generator? = nil
  ) {
    let options = TransformerLayerOptions(
      dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
      activation: activation, layerNormEps: layerNormEps, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias, dtype: dtype)
    encoder = TransformerEncoder(
      TransformerEncoderLayer(options, generator: generator), numEncoderLayers,
      norm: options.norm())
    decoder = TransformerDecoder(
      TransformerDecoderLayer(options, generator: generator), numDecoderLayers,
      norm: options.norm())
    super.init()
    for parameter in parameters() where parameter.ndim > 1 {
      Init.xavierUniform_(parameter, generator: generator)
    }
  }

  /// The decoder's sequence; masks as in `MultiheadAttention`.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, srcMask: Tensor? = nil, tgtMask: Tensor? = nil,
    memoryMask: Tensor? = nil, srcKeyPaddingMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil,
    memoryKeyPaddingMask: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      decoder(
        tgt, encoder(src, mask: srcMask, srcKeyPaddingMask: srcKeyPaddingMask), tgtMask: tgtMask,
        memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
        memoryKeyPaddingMask: memoryKeyPaddingMask)
    }
  }

  /// A mask [size, size] to add to scores: -inf where a key lies behind the query.
  ///
  /// - Source: torch.nn.Transformer.generate_square_subsequent_mask
  public static func generateSquareSubsequentMask(_ size: Int, dtype: DType = .float32) -> Tensor {
    Tensor.full([size, size], -Double.infinity, dtype: dtype).triu(diagonal: 1)
  }
}
