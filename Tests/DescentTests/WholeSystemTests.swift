import Descent
import Foundation
import Testing

/// The library from end to end: a tensor, a gradient, an optimizer step, saving, loading.
@Suite struct WholeSystemTests {
  private func trained() -> (Sequential, [Double]) {
    let generator = Generator(seed: 0)
    let x = Tensor.randn(64, 4, generator: generator)
    let y = (x.mm(Tensor([[1.0], [-2.0], [0.5], [3.0]])) + 0.25)
    let model = Sequential(
      Linear(4, 8, generator: generator), Tanh(), Linear(8, 1, generator: generator))
    let optimizer = Adam(model.parameters(), lr: 0.02)
    let lossFn = MSELoss()
    var losses: [Double] = []
    for _ in 0..<200 {
      optimizer.zeroGrad()
      let loss = lossFn(model(x), y)
      loss.backward()
      optimizer.step()
      losses.append(loss.item())
    }
    return (model, losses)
  }

  @Test("a model learns and a seed repeats it bit for bit") func repeats() {
    let (first, losses) = trained()
    let (second, again) = trained()
    #expect(losses == again)
    #expect(losses[199] < losses[0] / 20)
    for (a, b) in zip(first.parameters(), second.parameters()) {
      #expect((a.toArray() as [Float]) == (b.toArray() as [Float]))
    }
  }

  @Test("the number of threads changes no bit") func threads() {
    let before = Threads.count
    defer { Threads.count = before }
    let generator = Generator(seed: 1)
    let a = Tensor.randn(700, 500, generator: generator)
    let b = Tensor.randn(500, 300, generator: generator)
    var results: [[Float]] = []
    for threads in [1, 2, 5] {
      Threads.count = threads
      let product = a.mm(b)
      results.append(
        product.toArray() + product.softmax(dim: 1).sum(dim: 0).toArray()
          + (a.exp() * a.tanh()).sum().toArray())
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test("a saved state loads into a new model and gives equal outputs") func roundTrip() throws {
    let (model, _) = trained()
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("descent-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors.save(model.stateDict(), to: path)
    let generator = Generator(seed: 1)
    let fresh = Sequential(
      Linear(4, 8, generator: generator), Tanh(), Linear(8, 1, generator: generator))
    try fresh.load(stateDict: try Safetensors.load(path))
    let x = Tensor.randn(3, 4, generator: generator)
    #expect((fresh(x).toArray() as [Float]) == (model(x).toArray() as [Float]))
  }

  @Test("a state dictionary that does not fit says what is missing") func misfit() {
    let model = Sequential(Linear(4, 8, generator: Generator(seed: 1)))
    #expect(throws: StateDictError.self) {
      try model.load(stateDict: ["0.weight": Tensor.ones(8, 4)])
    }
    do {
      try model.load(stateDict: ["0.weight": Tensor.ones(8, 4), "extra": Tensor.ones(1)])
    } catch {
      #expect("\(error)".contains("missing keys 0.bias; unexpected keys extra"))
    }
  }

  @Test("the digits load with PyTorch's order of shuffling") func dataOrder() throws {
    let digits = try Digits.load()
    #expect(digits.count == 1797)
    let numbers = TensorDataset(Tensor.arange(10))
    let ahead = DataLoader(
      numbers, batchSize: 4, shuffle: true, generator: Generator(seed: 4), numWorkers: 3
    ).map { $0.toArray(Int.self) }
    #expect(ahead == [[1, 3, 0, 2], [9, 6, 8, 7], [5, 4]])
  }

  #if compiler(>=6.2)
    @Test("manualSeed repeats weights and orders, in a process of its own") func manualSeeds() async
    {
      await #expect(processExitsWith: .success) {
        manualSeed(4)
        let numbers = TensorDataset(Tensor.arange(10))
        let batches = DataLoader(numbers, batchSize: 4, shuffle: true).map { $0.toArray(Int.self) }
        #expect(batches == [[0, 4, 7, 3], [1, 5, 2, 9], [8, 6]])
        manualSeed(0)
        let weight: [Float] = [
          -0.0043225177, 0.30971584, -0.47518533, -0.4248946, -0.22236897, 0.15482073,
        ]
        #expect(Linear(3, 2).weight.toArray() == weight)
      }
    }
  #endif

  @Test("tensors and models move to a device by its name alone, as in PyTorch") func devices() {
    let x = Tensor.ones(2, 3)
    #expect(x.to(Device("cpu")) === x)
    #expect(x.to(Device("cpu"), .float64).dtype == .float64)
    let model = Linear(3, 1, generator: Generator(seed: 1)).to(Device("cpu"), .float64)
    #expect(model.weight.dtype == .float64)
    for body in [{ _ = x.to(Device("cuda:0")) }, { _ = model.to(Device("cuda:0")) }] {
      let error = #expect(throws: Misuse.self) { try checked { body() } }
      #expect(error.map { "\($0)".contains("device cuda:0 is not available") } == true)
    }
  }
}
