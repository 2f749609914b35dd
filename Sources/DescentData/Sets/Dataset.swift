import DescentCore

/// A collection of examples that can be asked for by position.
///
/// ```swift
/// struct Squares: Dataset {
///   let count = 100
///   subscript(index: Int) -> (Tensor, Tensor) { (Tensor([Float(index)]), Tensor([Float(index * index)])) }
/// }
/// ```
/// - Source: torch.utils.data.Dataset
public protocol Dataset<Element> {
  associatedtype Element
  /// The number of examples.
  var count: Int { get }
  /// The example at a position from 0 to `count - 1`.
  subscript(index: Int) -> Element { get }
}

/// A dataset that can hand out several examples at once, as a batch.
///
/// Datasets of tensors and of pairs of tensors need no `batch(at:)` of their own: examples are stacked.
public protocol BatchedDataset<Element>: Dataset {
  /// The examples at these positions, stacked along a new first dimension.
  func batch(at indices: [Int]) -> Element
}

extension BatchedDataset where Element == (Tensor, Tensor) {
  /// Stacks the examples' tensors, each along a new first dimension.
  public func batch(at indices: [Int]) -> Element {
    let examples = indices.map { self[$0] }
    return (Tensor.stack(examples.map(\.0)), Tensor.stack(examples.map(\.1)))
  }
}

extension BatchedDataset where Element == Tensor {
  /// Stacks the examples along a new first dimension.
  public func batch(at indices: [Int]) -> Element { Tensor.stack(indices.map { self[$0] }) }
}

/// Tensors of equal first size, whose rows belong together.
///
/// The element is what was given: a tensor for one, a pair for two, an array for a list; so loops
/// take it apart: `for (x, y) in DataLoader(TensorDataset(images, labels), batchSize: 32)`.
///
/// - Source: torch.utils.data.TensorDataset
public struct TensorDataset<Element>: BatchedDataset {
  public let tensors: [Tensor]
  private let assemble: ([Tensor]) -> Element

  public var count: Int { tensors.first?.count ?? 0 }

  public init(_ x: Tensor, file: StaticString = #fileID, line: UInt = #line)
  where Element == Tensor {
    self.init([x], file, line) { $0[0] }
  }

  public init(_ x: Tensor, _ y: Tensor, file: StaticString = #fileID, line: UInt = #line)
  where Element == (Tensor, Tensor) {
    self.init([x, y], file, line) { ($0[0], $0[1]) }
  }

  public init(_ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line)
  where Element == [Tensor] {
    self.init(tensors, file, line) { $0 }
  }

  private init(
    _ tensors: [Tensor], _ file: StaticString, _ line: UInt,
    assemble: @escaping ([Tensor]) -> Element
  ) {
    self.tensors = tensors
    self.assemble = assemble
    if tensors.contains(where: { $0.ndim == 0 || $0.count != tensors[0].count }) {
      Misuse(
        "TensorDataset", "the tensors have different numbers of rows",
        got: tensors.map { "\($0.shape)" }.joined(separator: ", "),
        try: "tensors of equal size in dimension 0"
      ).report(file: file, line: line)
    }
  }

  public subscript(index: Int) -> Element { assemble(tensors.map { $0[index] }) }

  public func batch(at indices: [Int]) -> Element {
    let index = Tensor(indices)
    return assemble(tensors.map { $0.indexSelect(0, index) })
  }
}

/// Some examples of another dataset, by their positions.
///
/// - Source: torch.utils.data.Subset
public struct Subset<Base: Dataset>: Dataset {
  public let base: Base
  public let indices: [Int]

  public init(_ base: Base, _ indices: [Int]) {
    self.base = base
    self.indices = indices
  }

  public var count: Int { indices.count }
  public subscript(index: Int) -> Base.Element { base[indices[index]] }
}

extension Subset: BatchedDataset where Base: BatchedDataset {
  public func batch(at indices: [Int]) -> Base.Element {
    base.batch(at: indices.map { self.indices[$0] })
  }
}

/// Several datasets one after the other.
///
/// - Source: torch.utils.data.ConcatDataset
public struct ConcatDataset<Part: Dataset>: Dataset {
  public let parts: [Part]

  public init(_ parts: [Part]) { self.parts = parts }

  public var count: Int { parts.reduce(0) { $0 + $1.count } }

  public subscript(index: Int) -> Part.Element {
    var rest = index
    for part in parts {
      if rest < part.count { return part[rest] }
      rest -= part.count
    }
    preconditionFailure("ConcatDataset: index \(index) is out of range. Got \(count) examples.")
  }
}

/// Splits a dataset at random into parts of given sizes.
///
/// - Parameter lengths: they add up to the dataset's count.
/// - Source: torch.utils.data.random_split
public func randomSplit<Base: Dataset>(
  _ base: Base, _ lengths: [Int], generator: Generator = .default, file: StaticString = #fileID,
  line: UInt = #line
) -> [Subset<Base>] {
  if lengths.reduce(0, +) != base.count || lengths.contains(where: { $0 < 0 }) {
    Misuse(
      "randomSplit", "the lengths do not add up to the dataset's count",
      got: "\(lengths) for \(base.count) examples", try: "lengths that do, or fractions of 1"
    ).report(file: file, line: line)
    return lengths.map { _ in Subset(base, []) }
  }
  let order = generator.permutation(base.count)
  var start = 0
  return lengths.map { length in
    defer { start += length }
    return Subset(base, Array(order[start..<(start + length)]))
  }
}

/// Splits by fractions that add up to 1: sizes are rounded down, what remains goes round from the first.
public func randomSplit<Base: Dataset>(
  _ base: Base, _ fractions: [Double], generator: Generator = .default,
  file: StaticString = #fileID, line: UInt = #line
) -> [Subset<Base>] {
  let total = fractions.reduce(0, +)
  if abs(total - 1) > 1e-6 || fractions.contains(where: { $0 < 0 || $0 > 1 }) {
    Misuse(
      "randomSplit", "the fractions do not add up to 1", got: "\(fractions)",
      try: "for example [0.8, 0.2]"
    ).report(file: file, line: line)
    return fractions.map { _ in Subset(base, []) }
  }
  var lengths = fractions.map { Int((Double(base.count) * $0).rounded(.down)) }
  let remainder = base.count - lengths.reduce(0, +)
  for i in 0..<remainder { lengths[i % lengths.count] += 1 }
  return randomSplit(base, lengths, generator: generator, file: file, line: line)
}
