import Descent

/// sampler.json: the order in which loaders and samplers visit a data set.
let samplerSection = Section(name: "sampler") { folder in
  try (folder.json("sampler.json")["cases"]?.elements ?? []).map { entry in
    { reporter in
      let (what, n, seed) = (
        entry["what"]?.string ?? "", entry["n"]?.int ?? 0, entry["seed"]?.int ?? 0
      )
      reporter.check("sampler", "\(what) n \(n) seed \(seed)") {
        manualSeed(seed)
        let order = try visit(what, n, seed, entry)
        if order != Order(entry["out"] ?? .null) {
          return "\(order), expected \(Order(entry["out"] ?? .null))"
        }
        if let next = entry["next"]?.double, Tensor.rand(1).item() != next {
          return "the next random number differs"
        }
        return nil
      }
    }
  }
}

/// Nested lists of indices.
private indirect enum Order: Equatable, CustomStringConvertible {
  case index(Int)
  case list([Order])

  init(_ value: Value) {
    self = value.int.map(Order.index) ?? .list(value.elements.map(Order.init))
  }
  init(_ indices: [Int]) { self = .list(indices.map(Order.index)) }
  init(_ batches: [[Int]]) { self = .list(batches.map { Order($0) }) }
  init(_ epochs: [[[Int]]]) { self = .list(epochs.map { Order($0) }) }

  var description: String {
    switch self {
    case .index(let index): "\(index)"
    case .list(let elements): "\(elements)"
    }
  }
}

private func visit(_ what: String, _ n: Int, _ seed: Int, _ entry: Value) throws -> Order {
  struct Range: Dataset {
    let count: Int
    subscript(index: Int) -> Int { index }
  }
  let range = Range(count: n)
  func loader(dropLast: Bool = false, generator: Generator? = nil) -> DataLoader<Range, [Int]> {
    DataLoader(
      range, batchSize: 4, shuffle: true, dropLast: dropLast, generator: generator, collate: { $0 })
  }
  switch what {
  case "two epochs of DataLoader(ds, batch_size=4, shuffle=True)":
    let loader = loader()
    return Order([Array(loader), Array(loader)])
  case "DataLoader(batch_size=4, shuffle=True, drop_last=True), then torch.rand(1)":
    return Order(Array(loader(dropLast: true)))
  case "DataLoader(batch_size=4, shuffle=True, generator=G(seed)) two epochs":
    let loader = loader(generator: Generator(seed: seed))
    return Order([Array(loader), Array(loader)])
  case "list(RandomSampler(range(n)))": return Order(RandomSampler(n).epoch())
  case "list(RandomSampler(range(n), replacement=True, num_samples=40))":
    return Order(RandomSampler(n, replacement: true, numSamples: 40).epoch())
  case "list(SubsetRandomSampler(range(0,n,2)))":
    return Order(SubsetRandomSampler(Array(stride(from: 0, to: n, by: 2))).epoch())
  case "list(WeightedRandomSampler([i+1 for i in range(n)], 8, replacement=True))":
    return Order(WeightedRandomSampler((1...n).map(Double.init), 8).epoch())
  case "list(WeightedRandomSampler([i+1 for i in range(n)], 5, replacement=False))":
    return Order(WeightedRandomSampler((1...n).map(Double.init), 5, replacement: false).epoch())
  case "random_split(range(n), [n-3, 3]) indices":
    return Order(randomSplit(range, [n - 3, 3]).map(\.indices))
  case "random_split(range(n), [0.5,0.3,0.2]) indices":
    return Order(randomSplit(range, [0.5, 0.3, 0.2]).map(\.indices))
  case "list(BatchSampler(range(n), 3, drop_last=False))":
    return Order(BatchSampler(SequentialSampler(n), 3, dropLast: false).epoch())
  case "DistributedSampler(range(n), num_replicas=3, rank, shuffle=True, seed)":
    let sampler = DistributedSampler(n, numReplicas: 3, rank: entry["rank"]?.int ?? 0, seed: seed)
    sampler.setEpoch(entry["epoch"]?.int ?? 0)
    return Order(sampler.epoch())
  default: throw Refusal.unsupported("no \(what)")
  }
}
