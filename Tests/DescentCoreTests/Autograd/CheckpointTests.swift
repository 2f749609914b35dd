import DescentCore
import Testing

extension SharedState {
  @Suite("Checkpoint")
  struct CheckpointTests {
    @Test("a checkpoint gives the same values, gradients and random numbers")
    func checkpoints() {
      let generator = Generator(seed: 5)
      let x = Tensor.randn(4, 4, requiresGrad: true, generator: generator)
      let w = Tensor.randn(4, 4, requiresGrad: true, generator: generator)
      let block: (Tensor) -> Tensor = { ($0.mm(w) * $0).dropout(0.5).mm(w) }
      manualSeed(9)
      let plain = (block(x) * 2).sum()
      plain.backward()
      let expected = (plain.item(), x.grad!.toArray(), w.grad!.toArray())
      x.grad = nil
      w.grad = nil
      manualSeed(9)
      let saved = (checkpoint(x, block) * 2).sum()
      let drawn = Tensor.rand().item()
      saved.backward()
      #expect(saved.item() == expected.0 && x.grad?.toArray() == expected.1)
      #expect(w.grad?.toArray() == expected.2)
      manualSeed(9)
      let through = checkpoint(checkpoint(x, block), block).sum()
      let found = grad([through], [w, x])
      manualSeed(9)
      let direct = grad([block(block(x)).sum()], [w, x])
      #expect(found[0]?.toArray() == direct[0]?.toArray())
      #expect(found[1]?.toArray() == direct[1]?.toArray())
      #expect(drawn >= 0)
    }
  }
}
