import DescentCore

/// The nonlinearity between the two linear layers of a transformer's layer.
public enum TransformerActivation: String, Sendable {
  case relu, gelu

  func callAsFunction(_ x: Tensor) -> Tensor { self == .relu ? x.relu() : x.gelu() }
}

/// What a transformer's layers are made of.
struct TransformerLayerOptions {
  let dModel: Int
  let nhead: Int
  let dimFeedforward: Int
  let dropout: Double
  let activation: TransformerActivation
  let layerNormEps: Double
  let batchFirst: Bool
  let normFirst: Bool
  let bias: Bool
  let dtype: DType

  func attention(_ generator: Generator?) -> MultiheadAttention {
    MultiheadAttention(
      dModel, nhead, dropout: dropout, bias: bias, batchFirst: batchFirst, dtype: dtype,
      generator: generator)
  }

  func widening(_ generator: Generator?) -> Linear {
    Linear(dModel, dimFeedforward, bias: bias, dtype: dtype, generator: generator)
  }

  func narrowing(_ generator: Generator?) -> Linear {
    Linear(dimFeedforward, dModel, bias: bias, dtype: dtype, generator: generator)
  }

  func norm() -> LayerNorm { LayerNorm(dModel, eps: layerNormEps, bias: bias, dtype: dtype) }
}

/// A layer of a transformer's encoder: attention of a sequence to itself, and two linear layers, each
/// added to what it was given.
///
/// ```swift
/// let layer = TransformerEncoderLayer(512, 8, batchFirst: true)
/// let y = layer(Tensor.randn(32, 10, 512))   // [32, 10, 512]
/// ```
/// - Source: torch.nn.TransformerEncoderLayer; Vaswani et al. 2017
public final class TransformerEncoderLayer: Module {
  public let selfAttn: MultiheadAttention
  public let linear1: Linear
  public let dropout: Dropout
  public let linear2: Linear
  public let norm1: LayerNorm
  public let norm2: LayerNorm
  public let dropout1: Dropout
  public let dropout2: Dropout
  private let options: TransformerLayerOptions

  /// Makes the layer: `dModel` features, `nhead` heads.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5,
    batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    dtype: DType = .float32, generator: Generator? = nil
  ) {
    self.init(
      TransformerLayerOptions(
        dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
        activation: activation, layerNormEps: layerNormEps, batchFirst: batchFirst,
        normFirst: normFirst, bias: bias, dtype: dtype),
      generator: generator)
  }

  /// Whether inputs are normalised, not sums.
  public var normFirst: Bool { options.normFirst }
  public var activation: TransformerActivation { options.activation }

  init(_ options: TransformerLayerOptions, generator: Generator?) {
    selfAttn = options.attention(generator)
    linear1 = options.widening(generator)
    dropout = Dropout(options.dropout)
    linear2 = options.narrowing(generator)
    norm1 = options.norm()
    norm2 = options.norm()
    dropout1 = Dropout(options.dropout)
    dropout2 = Dropout(options.dropout)
    self.options = options
  }

  public override var parameterNames: [String: String] { ["selfAttn": "self_attn"] }

  /// A layer of its own with the same options and values.
  func copy() -> TransformerEncoderLayer {
    let layer = TransformerEncoderLayer(options, generator: Generator(seed: 0))
    layer.take(from: self)
    return layer
  }

  /// The sequence after the layer; masks as in `MultiheadAttention`.
  public func callAsFunction(
    _ x: Tensor, srcMask: Tensor?, srcKeyPaddingMask: Tensor? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      func attended(_ x: Tensor) -> Tensor {
        dropout1(
          selfAttn(
            x, x, x, keyPaddingMask: srcKeyPaddingMask, needWeights: false, attnMask: srcMask
          ).output)
      }
      func fed(_ x: Tensor) -> Tensor { dropout2(linear2(dropout(activation(linear1(x))))) }
      if normFirst {
        let y = x + attended(norm1(x))
        return y + fed(norm2(y))
      }
      let y = norm1(x + attended(x))
      return norm2(y + fed(y))
    }
  }

  /// The sequence after the layer, without masks.
  public override func forward(_ x: Tensor) -> Tensor { self(x, srcMask: nil) }
}

/// A layer of a transformer's decoder: attention to itself, to the encoder's sequence, and two linear
/// layers.
///
/// - Source: torch.nn.TransformerDecoderLayer; Vaswani et al. 2017
public final class TransformerDecoderLayer: Module {
  public let selfAttn: MultiheadAttention
  public let multiheadAttn: MultiheadAttention
  public let linear1: Linear
  public let dropout: Dropout
  public let linear2: Linear
  public let norm1: LayerNorm
  public let norm2: LayerNorm
  public let norm3: LayerNorm
  public let dropout1: Dropout
  public let dropout2: Dropout
  public let dropout3: Dropout
  private let options: TransformerLayerOptions

  /// Makes the layer: `dModel` features, `nhead` heads.
  public convenience init(
    _ dModel: Int, _ nhead: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5,
    batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true,
    dtype: DType = .float32, generator: Generator? = nil
  ) {
    self.init(
      TransformerLayerOptions(
        dModel: dModel, nhead: nhead, dimFeedforward: dimFeedforward, dropout: dropout,
        activation: activation, layerNormEps: layerNormEps, batchFirst: batchFirst,
        normFirst: normFirst, bias: bias, dtype: dtype),
      generator: generator)
  }

  /// Whether inputs are normalised, not sums.
  public var normFirst: Bool { options.normFirst }
  public var activation: TransformerActivation { options.activation }

  init(_ options: TransformerLayerOptions, generator: Generator?) {
    selfAttn = options.attention(generator)
    multiheadAttn = options.attention(generator)
    linear1 = options.widening(generator)
    dropout = Dropout(options.dropout)
    linear2 = options.narrowing(generator)
    norm1 = options.norm()
    norm2 = options.norm()
    norm3 = options.norm()
    dropout1 = Dropout(options.dropout)
    dropout2 = Dropout(options.dropout)
    dropout3 = Dropout(options.dropout)
    self.options = options
  }

  public override var parameterNames: [String: String] {
    ["selfAttn": "self_attn", "multiheadAttn": "multihead_attn"]
  }

  /// A layer of its own with the same options and values.
  func copy() -> TransformerDecoderLayer {
    let layer = TransformerDecoderLayer(options, generator: Generator(seed: 0))
    layer.take(from: self)
    return layer
  }

  /// The sequence after the layer; `memory` is the encoder's, masks as in `MultiheadAttention`.
  public func callAsFunction(
    _ x: Tensor, _ memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inside(file: file, line: line) {
      func toItself(_ x: Tensor) -> Tensor {
        dropout1(
          selfAttn(
            x, x, x, keyPaddingMask: tgtKeyPaddingMask, needWeights: false, attnMask: tgtMask
          ).output)
      }
      func toMemory(_ x: Tensor) -> Tensor {
        dropout2(
          multiheadAttn(
            x, memory, memory, keyPaddingMask: memoryKeyPaddingMask, needWeights: false,
            attnMask: memoryMask
          ).output)
      }
      func fed(_ x: Tensor) -> Tensor { dropout3(linear2(dropout(activation(linear1(x))))) }
      if normFirst {
        let y = x + toItself(norm1(x))
        let z = y + toMemory(norm2(y))
        return z + fed(norm3(z))
      }
      let y = norm1(x + toItself(x))
      let z = norm2(y + toMemory(y))
      return norm3(z + fed(z))
    }
  }
}

extension Module {
  /// Copies the values of a module of the same kind, what is frozen, and the mode.
  fileprivate func take(from other: Module) {
    for (own, given) in zip(parameters(), other.parameters()) {
      noGrad { _ = own.copy_(given) }
      own.requiresGrad = given.requiresGrad
    }
    train(other.isTraining)
  }
}
