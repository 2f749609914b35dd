import Descent
import Foundation
import Testing

/// What must not change while training goes on: memory, and the bits of a result with the threads.
@Suite("Steady state", .serialized) struct SteadyStateTests {
  // In processes of their own: other tests would add to what these count.
  #if compiler(>=6.2)
    @Test("ten thousand steps of training keep the resident memory flat")
    func flatMemory() async {
      await #expect(processExitsWith: .success) {
        let step = try training()
        for _ in 0..<500 { step() }
        let before = try resident()
        for _ in 0..<10_000 { step() }
        // A single object left behind by each step would be 480 KiB.
        let rise = try resident() - before
        #expect(before > 0 && rise < 256 * 1024, "\(rise) bytes")
      }
    }

    @Test("steady training asks the system for no memory")
    func steadyMemory() async {
      await #expect(processExitsWith: .success) {
        let step = try training()
        for _ in 0..<50 { step() }
        let before = Memory.statistics.systemAllocations
        for _ in 0..<1000 { step() }
        #expect(Memory.statistics.systemAllocations == before)
      }
    }

    @Test("misuse ends the process with its message and the caller's line")
    func trap() async throws {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = Tensor.ones(2, 3).matmul(Tensor.ones(4, 5))
      }
      let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(text.contains("SteadyStateTests.swift:"))
      #expect(
        text.contains(
          "matmul: inner sizes 3 and 4 differ. Got [2, 3] and [4, 5]. Try the transpose"))
    }
  #endif

  static nonisolated(unsafe) let work: [(name: String, body: (Generator) -> Tensor)] = [
    ("tanh", { Tensor.randn(300_001, generator: $0).tanh() }),
    ("sum", { Tensor.randn(1_000_003, generator: $0).sum() }),
    ("sum dim 0", { Tensor.randn(3001, 101, generator: $0).sum(dim: 0) }),
    ("sum dim 1", { Tensor.randn(301, 1007, generator: $0).sum(dim: 1) }),
    ("variance", { Tensor.randn(999, 1001, generator: $0).var(dim: 0) }),
    ("argmax", { Tensor.randn(500, 1001, generator: $0).argmax(dim: 1) }),
    ("softmax", { Tensor.randn(300, 1001, generator: $0).softmax(dim: 1) }),
    ("logSoftmax", { Tensor.randn(1001, 300, generator: $0).logSoftmax(dim: 0) }),
    ("cumsum", { Tensor.randn(200, 2003, generator: $0).cumsum(dim: 1) }),
    ("sort", { Tensor.randn(100, 3001, generator: $0).sort(dim: 1).values }),
    ("topk", { Tensor.randn(100, 3001, generator: $0).topk(17).values }),
    ("matmul", { Tensor.randn(513, 300, generator: $0).mm(Tensor.randn(300, 259, generator: $0)) }),
    ("mv", { Tensor.randn(1001, 3000, generator: $0).mv(Tensor.randn(3000, generator: $0)) }),
    (
      "bmm",
      { Tensor.randn(33, 65, 40, generator: $0).bmm(Tensor.randn(33, 40, 70, generator: $0)) }
    ),
    ("transpose", { Tensor.randn(1001, 777, generator: $0).t().contiguous() }),
    ("randn", { Tensor.randn(500_000, generator: $0) }),
    ("bernoulli", { Tensor.full([300_000], 0.3).bernoulli(generator: $0) }),
    (
      "indexAdd",
      {
        Tensor.zeros(50, 300).indexAdd(
          0, Tensor.randint(0, 50, [4000], generator: $0),
          Tensor.randn(4000, 300, generator: $0))
      }
    ),
    (
      "backward",
      { generator in
        let x = Tensor.randn(700, 300, requiresGrad: true, generator: generator)
        let w = Tensor.randn(300, 200, requiresGrad: true, generator: generator)
        (x.mm(w).tanh() * x.sum(dim: 1, keepDim: true)).logSoftmax(dim: 1).mean().backward()
        return Tensor.cat([x.grad!.view(-1), w.grad!.view(-1)])
      }
    ),
  ]

  @Test("the number of threads changes no bit", arguments: work.indices) func threads(_ i: Int) {
    let before = Threads.count
    defer { Threads.count = before }
    let results = [1, 2, 3, 8].map { count -> Tensor in
      Threads.count = count
      return Self.work[i].body(Generator(seed: 11))
    }
    for result in results.dropFirst() {
      #expect(result.equal(results[0]), "\(Self.work[i].name)")
    }
  }
}

/// A step of training of a small perceptron.
private func training() throws -> () -> Void {
  let generator = Generator(seed: 0)
  let x = Tensor.randn(256, 16, generator: generator)
  let y = Tensor.randn(256, 1, generator: generator)
  let model = Sequential(Linear(16, 32), Tanh(), Linear(32, 1))
  let optimizer = Adam(model.parameters(), lr: 1e-3)
  let lossFn = MSELoss()
  return {
    optimizer.zeroGrad()
    lossFn(model(x), y).backward()
    optimizer.step()
  }
}

/// Resident memory in bytes without pages of files: the system maps code by 64 KiB when it is first run, a rare
/// branch after ten thousand steps as well. Counted page by page, where `statm` may lag behind by some hundred KiB.
private func resident() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)
    .split(separator: "\n").first { $0.hasPrefix("Anonymous:") }?.split(separator: " ")
  return 1024 * (fields.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0)
}
