import DescentCore

/// The order in which a loader asks for examples: one array of positions an epoch.
///
/// - Source: torch.utils.data.Sampler
public protocol Sampler {
  /// The number of positions of an epoch.
  var count: Int { get }
  /// Draws the positions of one epoch.
  func epoch() -> [Int]
}

/// First to last.
///
/// - Source: torch.utils.data.SequentialSampler
public struct SequentialSampler: Sampler {
  public let count: Int
  public init(_ count: Int) { self.count = count }
  public func epoch() -> [Int] { Array(0..<count) }
}

/// A random order, or draws with replacement.
///
/// Without a generator of its own, each epoch seeds a new one from the default generator, as PyTorch.
///
/// - Source: torch.utils.data.RandomSampler
public struct RandomSampler: Sampler {
  public let count: Int
  private let population: Int
  private let replacement: Bool
  private let generator: Generator?

  public init(
    _ population: Int, replacement: Bool = false, numSamples: Int? = nil,
    generator: Generator? = nil
  ) {
    self.population = population
    self.replacement = replacement
    self.generator = generator
    count = numSamples ?? population
  }

  public func epoch() -> [Int] {
    if population == 0 { return [] }
    let generator = generator ?? Generator(seed: Generator.default.randomSeed())
    if replacement {
      // `randint` draws one 32-bit number each for populations below 2^28.
      return (0..<count).map { _ in draw(generator) }
    }
    var order: [Int] = []
    while order.count + population <= count { order += generator.permutation(population) }
    // PyTorch draws one more permutation for the incomplete (or empty) last round.
    order += generator.permutation(population).prefix(count - order.count)
    return order
  }

  private func draw(_ generator: Generator) -> Int {
    population >= 1 << 28
      ? Int(generator.random64() % UInt64(population)) : Int(generator.random()) % population
  }
}

/// Given positions in a random order.
///
/// - Source: torch.utils.data.SubsetRandomSampler
public struct SubsetRandomSampler: Sampler {
  private let indices: [Int]
  private let generator: Generator

  public init(_ indices: [Int], generator: Generator = .default) {
    self.indices = indices
    self.generator = generator
  }

  public var count: Int { indices.count }
  public func epoch() -> [Int] { generator.permutation(indices.count).map { indices[$0] } }
}

/// Positions drawn with given weights.
///
/// - Source: torch.utils.data.WeightedRandomSampler
public struct WeightedRandomSampler: Sampler {
  public let count: Int
  private let weights: Tensor
  private let replacement: Bool
  private let generator: Generator

  /// - Parameter weights: not negative; need not add up to 1.
  public init(
    _ weights: [Double], _ numSamples: Int, replacement: Bool = true,
    generator: Generator = .default
  ) {
    self.weights = Tensor(weights, dtype: .float64)
    count = numSamples
    self.replacement = replacement
    self.generator = generator
  }

  public func epoch() -> [Int] {
    weights.multinomial(count, replacement: replacement, generator: generator).toArray(Int.self)
  }
}

/// Every `replicas`-th position of a common random order: what one of several processes works on.
///
/// - Source: torch.utils.data.DistributedSampler
public final class DistributedSampler: Sampler {
  private let population: Int
  private let replicas: Int
  private let rank: Int
  private let shuffle: Bool
  private let seed: Int
  private let dropLast: Bool
  private var epochNumber = 0

  public init(
    _ population: Int, numReplicas: Int, rank: Int, shuffle: Bool = true, seed: Int = 0,
    dropLast: Bool = false
  ) {
    self.population = population
    replicas = numReplicas
    self.rank = rank
    self.shuffle = shuffle
    self.seed = seed
    self.dropLast = dropLast
  }

  public var count: Int {
    dropLast && population % replicas != 0
      ? (population - replicas + replicas - 1) / replicas : (population + replicas - 1) / replicas
  }

  /// Call it before each epoch, so that epochs have different orders.
  public func setEpoch(_ epoch: Int) { epochNumber = epoch }

  public func epoch() -> [Int] {
    var order =
      shuffle
      ? Generator(seed: seed + epochNumber).permutation(population) : Array(0..<population)
    let total = count * replicas
    if dropLast { order = Array(order.prefix(total)) }
    if !order.isEmpty {
      for i in order.count..<max(total, order.count) { order.append(order[i % population]) }
    }
    return stride(from: rank, to: total, by: replicas).map { order[$0] }
  }
}

/// Cuts a sampler's order into batches.
///
/// - Source: torch.utils.data.BatchSampler
public struct BatchSampler {
  private let sampler: any Sampler
  private let batchSize: Int
  private let dropLast: Bool

  public init(_ sampler: any Sampler, _ batchSize: Int, dropLast: Bool) {
    self.sampler = sampler
    self.batchSize = batchSize
    self.dropLast = dropLast
  }

  /// The number of batches of an epoch.
  public var count: Int {
    dropLast ? sampler.count / batchSize : (sampler.count + batchSize - 1) / batchSize
  }

  public func epoch() -> [[Int]] {
    let order = sampler.epoch()
    return (0..<count).map {
      Array(order[($0 * batchSize)..<min(($0 + 1) * batchSize, order.count)])
    }
  }
}
