import DescentCore

/// Iterates over a dataset in mini-batches.
///
/// ```swift
/// let loader = DataLoader(TensorDataset(x, y), batchSize: 32, shuffle: true)
/// for epoch in 0..<10 {
///   for (x, y) in loader { … }
/// }
/// ```
/// The order of a seed is PyTorch's: making an iterator draws a base seed from the generator, and the
/// first batch then draws the order. With `numWorkers` threads batches are prepared ahead; their order
/// and contents do not depend on it.
///
/// - Source: torch.utils.data.DataLoader
public struct DataLoader<Source: Dataset, Batch>: Sequence {
  public let dataset: Source
  /// Examples in a batch; the last batch may have fewer unless `dropLast`.
  public let batchSize: Int
  private let sampler: any Sampler
  private let dropLast: Bool
  private let generator: Generator
  private let numWorkers: Int
  private let prefetchFactor: Int
  private let assemble: (Source, [Int]) -> Batch

  /// Batches made from the examples by a function of one's own.
  ///
  /// - Parameters:
  ///   - shuffle: a new random order each epoch; not together with `sampler`.
  ///   - sampler: the order; `dropLast` and `batchSize` still cut it.
  ///   - generator: draws orders; the default generator seeds one for each epoch otherwise.
  ///   - numWorkers: threads that prepare batches ahead; the dataset is then read by several threads.
  ///   - prefetchFactor: batches that each worker may be ahead.
  public init(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    dropLast: Bool = false, generator: Generator? = nil, numWorkers: Int = 0,
    prefetchFactor: Int = 2, file: StaticString = #fileID, line: UInt = #line,
    collate: @escaping ([Source.Element]) -> Batch
  ) {
    self.init(
      dataset, batchSize, shuffle, sampler, dropLast, generator, numWorkers, prefetchFactor, file,
      line
    ) { dataset, indices in collate(indices.map { dataset[$0] }) }
  }

  /// Batches as the dataset stacks them.
  public init(
    _ dataset: Source, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    dropLast: Bool = false, generator: Generator? = nil, numWorkers: Int = 0,
    prefetchFactor: Int = 2, file: StaticString = #fileID, line: UInt = #line
  ) where Source: BatchedDataset, Batch == Source.Element {
    self.init(
      dataset, batchSize, shuffle, sampler, dropLast, generator, numWorkers, prefetchFactor, file,
      line
    ) { dataset, indices in dataset.batch(at: indices) }
  }

  private init(
    _ dataset: Source, _ batchSize: Int, _ shuffle: Bool, _ sampler: (any Sampler)?,
    _ dropLast: Bool, _ generator: Generator?, _ numWorkers: Int, _ prefetchFactor: Int,
    _ file: StaticString, _ line: UInt, assemble: @escaping (Source, [Int]) -> Batch
  ) {
    if batchSize < 1 || numWorkers < 0 || prefetchFactor < 1 {
      Misuse(
        "DataLoader", "sizes must be positive",
        got: "batchSize \(batchSize), numWorkers \(numWorkers), prefetchFactor \(prefetchFactor)",
        try: "a batchSize of 1 or more"
      ).report(file: file, line: line)
    }
    if shuffle && sampler != nil {
      Misuse(
        "DataLoader", "shuffle and a sampler both choose the order", got: "both", try: "one of them"
      ).report(file: file, line: line)
    }
    self.dataset = dataset
    self.batchSize = Swift.max(batchSize, 1)
    self.sampler =
      sampler
      ?? (shuffle
        ? RandomSampler(dataset.count, generator: generator) : SequentialSampler(dataset.count))
    self.dropLast = dropLast
    self.generator = generator ?? .default
    self.numWorkers = Swift.max(numWorkers, 0)
    self.prefetchFactor = Swift.max(prefetchFactor, 1)
    self.assemble = assemble
  }

  /// The number of batches of an epoch: PyTorch's `len(loader)`.
  public var count: Int { BatchSampler(sampler, batchSize, dropLast: dropLast).count }

  public func makeIterator() -> Iterator {
    _ = generator.randomSeed()  // PyTorch's base seed for workers, drawn even without any
    return Iterator(self)
  }

  /// One epoch.
  public final class Iterator: IteratorProtocol {
    private let loader: DataLoader
    private var batches: [[Int]]?
    private var position = 0
    private var prefetcher: Prefetcher<Batch>?

    init(_ loader: DataLoader) { self.loader = loader }

    public func next() -> Batch? {
      let batches = self.batches ?? start()
      guard position < batches.count else { return nil }
      defer { position += 1 }
      if let prefetcher { return prefetcher.take(position) }
      return loader.assemble(loader.dataset, batches[position])
    }

    private func start() -> [[Int]] {
      let drawn = BatchSampler(loader.sampler, loader.batchSize, dropLast: loader.dropLast).epoch()
      batches = drawn
      if loader.numWorkers > 0 {
        let loader = loader
        prefetcher = Prefetcher(
          count: drawn.count, workers: loader.numWorkers,
          ahead: loader.numWorkers * loader.prefetchFactor
        ) { loader.assemble(loader.dataset, drawn[$0]) }
      }
      return drawn
    }
  }
}
