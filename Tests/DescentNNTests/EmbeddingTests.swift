import DescentCore
import DescentNN
import Testing

/// Embedding: PyTorch's vectors for a seed, gradients of the rows looked up, the padding row.
@Suite("Embedding")
struct EmbeddingTests {
  @Test("vectors and gradients are PyTorch's, the padding row is 0 and gets none")
  func padding() {
    let layer = Embedding(4, 3, paddingIdx: 1, generator: Generator(seed: 0))
    let rows: [[Float]] = [
      [1.5409961, -0.2934289, -2.1787894], [0, 0, 0], [0.40334684, 0.83802634, -0.7192576],
      [-0.40334353, -0.59663534, 0.18203649],
    ]
    #expect(layer.weight.toArray() == rows.flatMap { $0 })
    let output = layer(Tensor([[0, 1], [3, 3]]))
    #expect(output.shape == [2, 2, 3])
    #expect(output.toArray() == rows[0] + rows[1] + rows[3] + rows[3])
    (output * Tensor.arange(12).float().view(2, 2, 3)).sum().backward()
    #expect(layer.weight.grad?.toArray() == [0, 1, 2, 0, 0, 0, 0, 0, 0, 15, 17, 19])
    #expect(embedding(4, 3, paddingIdx: -1).paddingIdx == 3)
  }

  @Test("a row's gradient may be divided by how often it was looked up")
  func frequency() {
    let layer = embedding(4, 2, scaleGradByFreq: true)
    layer(Tensor([2, 2, 2, 0])).sum().backward()
    #expect(layer.weight.grad?.toArray() == [1, 1, 0, 0, 1, 1, 0, 0])
  }

  @Test("given vectors are shared, and frozen unless they shall learn")
  func pretrained() {
    let vectors = Tensor([[1.0, 2], [3, 4]])
    let layer = Embedding.fromPretrained(vectors, paddingIdx: 0)
    #expect(!layer.weight.requiresGrad && layer.numEmbeddings == 2 && layer.embeddingDim == 2)
    vectors[1] = Tensor([5.0, 6])
    #expect(layer(Tensor([1, 0], dtype: .int32)).toArray() == [5, 6, 1, 2])
    #expect(Embedding.fromPretrained(vectors, freeze: false).weight.requiresGrad)
    #expect(layer(Tensor(1)).shape == [2] && layer(Tensor.zeros(0, 2, dtype: .int64)).numel() == 0)
  }

  @Test("misuse is refused with a message")
  func misuse() {
    let error = #expect(throws: Misuse.self) { try checked { _ = embedding(3, 2, paddingIdx: 3) } }
    #expect(
      error.map { "\($0)" }
        == "Embedding: paddingIdx 3 is out of range. Got 3 rows. Try an index from -3 to 2.")
    let index = #expect(throws: Misuse.self) { try checked { _ = embedding(3, 2)(Tensor([3])) } }
    #expect(index.map { "\($0)".contains("3") && $0.modulePath == "Embedding" } == true)
    let bodies: [@Sendable () -> Void] = [
      { _ = embedding(3, 2)(Tensor([1.0])) }, { _ = embedding(3, 2)(Tensor([-1])) },
      { _ = embedding(3, 2, paddingIdx: -4) }, { _ = Embedding.fromPretrained(Tensor.ones(3)) },
    ]
    for body in bodies { #expect(throws: Misuse.self) { try checked(body) } }
  }
}
