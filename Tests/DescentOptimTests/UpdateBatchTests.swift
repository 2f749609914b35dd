import DescentCore
import DescentOptim
import Testing

/// Many parameters that change in one pass: the same bits as one after the other, in the order in which they
/// were added.
@Suite("Updates in batches", .serialized)
struct UpdateBatchTests {
  private let descent = FusedUpdate("descent", tensors: 2, outputs: 1, scalars: 1) { t, s in
    [t[0] - s[0] * t[1]]
  }

  @Test("an update that meets what the waiting pass changes or reads runs after it")
  func order() {
    let (a, b) = (Tensor([8.0]), Tensor([16.0]))
    var updates = UpdateBatch()
    updates.add(descent, [a, Tensor([2.0])], [1])
    #expect(a.item() == 8)
    // Changed twice, read after a change, changed after it was read.
    updates.add(descent, [a, Tensor([3.0])], [1])
    updates.add(descent, [b, a], [1])
    updates.add(descent, [a, Tensor([1.0])], [1])
    updates.run()
    #expect(a.item() == 2 && b.item() == 13)
    // Through views of one storage, and with a tensor that is its own gradient.
    let both = Tensor([1.0, 2.0])
    updates.add(descent, [both[0..<1], Tensor([1.0])], [1])
    updates.add(descent, [both[0..<1], both[1..<2]], [1])
    updates.add(descent, [b, b], [1])
    updates.run()
    #expect(both.toArray() == [-2, 2] && b.item() == 0)
    updates.run()
    #expect(b.item() == 0)
  }

  @Test("other scalars, another rule and another dtype begin a new pass")
  func passes() {
    let twice = FusedUpdate("twice", tensors: 1, outputs: 1, scalars: 0) { t, _ in [t[0] + t[0]] }
    let (a, b, c) = (Tensor([1.0]), Tensor([1.0]), Tensor([1.0], dtype: .float64))
    let one = Tensor([1.0])
    var updates = UpdateBatch()
    updates.add(descent, [a, one], [2])
    updates.add(descent, [b, one], [3])
    #expect(a.item() == -1 && b.item() == 1)
    updates.add(twice, [a])
    #expect(b.item() == -2)
    updates.add(twice, [c])
    #expect(a.item() == -2 && c.item() == 1)
    updates.run()
    #expect(c.item() == 2 && a.version == 2)
  }

  @Test("what does not fit is refused when it is added")
  func misuse() {
    #expect(throws: Misuse.self) {
      try checked {
        var updates = UpdateBatch()
        updates.add(descent, [Tensor([1.0]), Tensor([1.0, 2.0])], [1])
      }
    }
  }

  /// Parameters of many sizes, empty and transposed ones among them, with gradients.
  private func parameters(_ dtype: DType) -> [Tensor] {
    let generator = Generator(seed: 7)
    func random(_ shape: Shape) -> Tensor {
      Tensor.randn(shape, generator: generator).to(dtype)
    }
    return ([[3], [40, 1000], [0], [5], [33_333], [16], [1], [7, 9]] as [Shape]).map { shape in
      let parameter = random(shape).requiresGrad_()
      parameter.grad = shape.count == 2 ? random([shape[1], shape[0]]).t() : random(shape)
      return parameter
    }
  }

  @Test(
    "a step of all parameters gives the bits of tensor operations, whatever the number of threads",
    arguments: [DType.float32, .float64])
  func composition(_ dtype: DType) {
    let rules:
      [(
        make: ([Tensor]) -> Optimizer,
        step: (_ p: Tensor, _ g: Tensor, _ m: inout Tensor, _ v: inout Tensor, _ t: Int) -> Tensor
      )] = [
        (make: { SGD($0, lr: 0.25) }, step: { p, g, _, _, _ in p - 0.25 * g }),
        (
          make: { SGD($0, lr: 0.25, momentum: 0.75) },
          step: { p, g, m, _, _ in
            m = 0.75 * m + g
            return p - 0.25 * m
          }
        ),
        (
          make: { SGD($0, lr: 0.25, momentum: 0.75, nesterov: true) },
          step: { p, g, m, _, _ in
            m = 0.75 * m + g
            return p - 0.25 * (g + 0.75 * m)
          }
        ),
        (
          make: { AdamW($0, lr: 0.25, betas: (0.75, 0.5), eps: 0.125, weightDecay: 0.5) },
          step: { p, g, m, v, t in
            m = m + (g - m) * 0.25
            v = v * 0.5 + 0.5 * g * g
            let (rate, root) = t == 1 ? (1.0, 0.5) : (0.25 / (1 - 0.5625), 0.75)
            return p * 0.875 - rate * m / (v.sqrt() / root.squareRoot() + 0.125)
          }
        ),
      ]
    let before = Threads.count
    defer { Threads.count = before }
    for (i, rule) in rules.enumerated() {
      var expected = parameters(dtype).map { $0.detach() }
      let gradients = parameters(dtype).map { $0.grad! }
      var means = expected.map { Tensor.zerosLike($0) }
      var squares = means.map { $0.clone() }
      for t in 1...2 {
        for k in expected.indices {
          expected[k] = rule.step(expected[k], gradients[k], &means[k], &squares[k], t)
        }
      }
      for count in [1, 2, 3] {
        Threads.count = count
        let own = parameters(dtype)
        let optimizer = rule.make(own)
        for _ in 0..<2 { optimizer.step() }
        for (k, (a, b)) in zip(own, expected).enumerated() {
          #expect(a.detach().equal(b), "rule \(i), parameter \(k), \(count) threads")
        }
      }
    }
  }
}
