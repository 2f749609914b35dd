import DescentCore

/// A table of vectors looked up by integers.
///
/// Input: int64 or int32 indices of any shape; output the indices' shape followed by `embeddingDim`.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | [numEmbeddings, embeddingDim] | standard normal; 0 in the padding row |
///
/// Prints as `Embedding(10, 3, padding_idx=0)`.
/// - Source: torch.nn.Embedding
public final class Embedding: Module {
  public let numEmbeddings: Int
  public let embeddingDim: Int
  /// A row that is 0 at first and gets no gradient.
  public let paddingIdx: Int?
  /// Divide a row's gradient by how often it was looked up.
  public let scaleGradByFreq: Bool
  public var weight: Parameter

  /// Makes a table of random vectors.
  ///
  /// - Parameter paddingIdx: a row, negative from the end, that is 0 at first and gets no gradient.
  public convenience init(
    _ numEmbeddings: Int, _ embeddingDim: Int, paddingIdx: Int? = nil,
    scaleGradByFreq: Bool = false,
    dtype: DType = .float32, generator: Generator? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let weight = Parameter(Tensor.empty(numEmbeddings, embeddingDim, dtype: dtype))
    Init.normal_(weight, generator: generator)
    self.init(weight, paddingIdx, scaleGradByFreq, file, line)
    if let row = self.paddingIdx { noGrad { _ = self.weight.select(0, row).zero_() } }
  }

  /// A table of given vectors, which it shares.
  ///
  /// - Parameter freeze: leave the vectors as they are in training.
  /// - Source: torch.nn.Embedding.from_pretrained
  public static func fromPretrained(
    _ vectors: Tensor, freeze: Bool = true, paddingIdx: Int? = nil, scaleGradByFreq: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Embedding {
    if vectors.ndim != 2 {
      Misuse(
        "Embedding", "the vectors are the rows of a matrix", got: "\(Array(vectors.shape))",
        try: "[rows, size]"
      ).report(file: file, line: line)
      return Embedding(1, 1)
    }
    return Embedding(
      Parameter(vectors, requiresGrad: !freeze), paddingIdx, scaleGradByFreq, file, line)
  }

  private init(
    _ weight: Parameter, _ paddingIdx: Int?, _ scaleGradByFreq: Bool, _ file: StaticString,
    _ line: UInt
  ) {
    self.weight = weight
    numEmbeddings = weight.shape[0]
    embeddingDim = weight.shape[1]
    self.scaleGradByFreq = scaleGradByFreq
    let rows = weight.shape[0]
    if let index = paddingIdx, index < -rows || index >= rows {
      Misuse(
        "Embedding", "paddingIdx \(index) is out of range", got: "\(rows) rows",
        try: "an index from \(-rows) to \(rows - 1)"
      ).report(file: file, line: line)
      self.paddingIdx = nil
    } else {
      self.paddingIdx = paddingIdx.map { $0 < 0 ? $0 + rows : $0 }
    }
  }

  public override func forward(_ x: Tensor) -> Tensor {
    Tensor.embedding(weight, x, paddingIdx: paddingIdx, scaleGradByFreq: scaleGradByFreq)
  }

  public override var extraDescription: String {
    "\(numEmbeddings), \(embeddingDim)"
      + (paddingIdx.map { ", padding_idx=\($0)" } ?? "")
      + (scaleGradByFreq ? ", scale_grad_by_freq=True" : "")
  }
}
