import Synchronization

/// One recorded operation of the graph: what its gradient needs and nothing more.
///
/// `tensor.gradFn` shows the node that made a tensor, under PyTorch's name:
/// ```swift
/// let x = Tensor([1.0], requiresGrad: true)
/// print((x * 2).gradFn!)  // <MulBackward0>
/// ```
///
/// - Source: torch.autograd.graph.Node
public class Node {
  /// PyTorch's name of the gradient function.
  public var name: String { label }
  private final let label: String
  /// Creation number: every node is younger than those it takes its inputs from, so running nodes
  /// in falling order is a topological order.
  final let sequence: UInt64
  // No access to these overlaps another one: a change of one is over before anything else is called.
  @exclusivity(unchecked) final var edges = EdgeList()
  @exclusivity(unchecked) final var saved = SavedList()
  /// Where the operation was called; line 0 if it came from an operator.
  final var file: StaticString
  final var line: UInt

  // What the outputs look like: gradients are brought to this shape and dtype.
  final var outputShape: Shape
  final var outputDType: DType
  /// Of an operation with several results: those after the first.
  @exclusivity(unchecked) final var further: FurtherOutputs?

  // Gradients that have arrived during a pass, by output.
  @exclusivity(unchecked) final var gradient: Tensor?
  @exclusivity(unchecked) final var isQueued = false
  @exclusivity(unchecked) final var isReleased = false
  @exclusivity(unchecked) final var hooks: NodeHooks?

  private static let counter = Atomic<UInt64>(0)

  /// The number of the youngest node.
  static var lastSequence: UInt64 { counter.load(ordering: .relaxed) }

  @inline(__always)
  init(_ name: String, output: Tensor, file: StaticString = "", line: UInt = 0) {
    self.file = file
    self.line = line
    label = name
    sequence = Node.counter.add(1, ordering: .relaxed).newValue
    outputShape = output.layout.shape
    outputDType = output.dtype
  }

  /// Gives each needed input its gradient.
  func backward(_ step: BackwardStep, _ gradient: Tensor) {}

  /// For nodes of several outputs; nil stands for no gradient.
  func backward(_ step: BackwardStep, _ gradients: [Tensor?]) {
    if let gradient = gradients[0] { backward(step, gradient) }
  }

  /// Drops what was saved, after a pass without `retainGraph`.
  func release() {
    isReleased = true
    saved = SavedList()
  }

  /// What a subclass owns beyond edges and saved tensors, to be freed without recursion.
  func handOver(to list: inout [AnyObject]) {}

  /// The nodes and leaves that the gradients go to, as PyTorch's `next_functions`.
  public final var nextFunctions: [Node?] { (0..<edges.count).map { edges[$0].node } }

  final func outputLayout(_ index: Int) -> (shape: Shape, dtype: DType) {
    if index > 0, let further { further.layouts[index - 1] } else { (outputShape, outputDType) }
  }

  deinit {
    if !edges.ownsNodes { return }
    Graveyard.bury {
      edges = EdgeList()
      saved = SavedList()
      release()
    } handOver: { list in
      edges.handOver(to: &list)
      saved.handOver(to: &list)
      handOver(to: &list)
    }
  }
}

/// Results of a node after the first, and the gradients that have arrived for them.
final class FurtherOutputs {
  let layouts: [(shape: Shape, dtype: DType)]
  var gradients: [Tensor?]

  /// nil for a single output.
  init?(_ outputs: [Tensor]) {
    if outputs.count < 2 { return nil }
    layouts = outputs.dropFirst().map { ($0.layout.shape, $0.dtype) }
    gradients = .init(repeating: nil, count: outputs.count - 1)
  }
}

extension Node: CustomStringConvertible {
  public var description: String { "<\(name)>" }
}

/// Where a gradient goes: an output of another node, or a leaf.
struct Edge {
  /// A `Node`, or the leaf `Tensor`; nil if the input needs no gradient.
  let target: AnyObject?
  let index: Int32
  let isLeaf: Bool

  @inline(__always)
  static var none: Edge { Edge(target: nil, index: 0, isLeaf: false) }

  @inline(__always)
  init(target: AnyObject?, index: Int32, isLeaf: Bool) {
    self.target = target
    self.index = index
    self.isLeaf = isLeaf
  }

  /// The edge by which a tensor's gradient leaves.
  @inline(__always)
  init(_ tensor: Tensor) {
    if let node = tensor.gradFn {
      self.init(target: node, index: tensor.outputIndex, isLeaf: false)
    } else if tensor.flags.requiresGrad {
      self.init(target: tensor, index: 0, isLeaf: true)
    } else {
      self = .none
    }
  }

  @inline(__always)
  var node: Node? {
    isLeaf ? nil : target.map { unsafeDowncast($0, to: Node.self) }
  }

  @inline(__always)
  var leaf: Tensor? {
    isLeaf ? target.map { unsafeDowncast($0, to: Tensor.self) } : nil
  }
}

/// Elements of a list beyond those that lie inline; one reference, nil for nearly all lists.
final class Overflow<Element> {
  var elements: [Element]
  init(_ elements: [Element]) { self.elements = elements }

  /// Appends to a list's own overflow; one that a copy of the list shares stays as it is.
  static func append(_ element: Element, to overflow: inout Overflow?) {
    if overflow == nil {
      overflow = Overflow([element])
    } else if isKnownUniquelyReferenced(&overflow) {
      overflow.unsafelyUnwrapped.elements.append(element)
    } else {
      overflow = Overflow(overflow.unsafelyUnwrapped.elements + [element])
    }
  }
}

/// The edges of a node, inline for up to three inputs.
struct EdgeList {
  private(set) var count = 0
  private var first = Edge.none
  private var second = Edge.none
  private var third = Edge.none
  private var rest: Overflow<Edge>?

  @inline(__always) init() {}

  @inline(__always)
  mutating func append(_ edge: Edge) {
    switch count {
    case 0: first = edge
    case 1: second = edge
    case 2: third = edge
    default: Overflow.append(edge, to: &rest)
    }
    count += 1
  }

  @inline(__always)
  subscript(index: Int) -> Edge {
    index == 0
      ? first
      : index == 1
        ? second : index == 2 ? third : rest.unsafelyUnwrapped.elements[index - 3]
  }

  /// Whether releasing this list can release another node.
  @inline(__always)
  var ownsNodes: Bool {
    (first.target != nil && !first.isLeaf) || (second.target != nil && !second.isLeaf)
      || (third.target != nil && !third.isLeaf) || rest != nil
  }

  mutating func handOver(to list: inout [AnyObject]) {
    for i in 0..<count { if let target = self[i].target { list.append(target) } }
    self = EdgeList()
  }
}

/// Tensors that a gradient needs, with the version each had; inline for up to three.
struct SavedList {
  struct Entry {
    var tensor: Tensor?
    var version: UInt32 = 0
    /// Output of the node itself: kept without its history, or node and output would own each other.
    var isOutput = false
  }
  private(set) var count = 0
  private var first = Entry()
  private var second = Entry()
  private var third = Entry()
  private var rest: Overflow<Entry>?

  @inline(__always) init() {}

  @inline(__always)
  mutating func append(_ tensor: Tensor, isOutput: Bool = false) {
    let kept = isOutput ? tensor.alias() : tensor
    if isOutput { kept.outputIndex = tensor.outputIndex }
    let entry = Entry(tensor: kept, version: tensor.storage.version, isOutput: isOutput)
    switch count {
    case 0: first = entry
    case 1: second = entry
    case 2: third = entry
    default: Overflow.append(entry, to: &rest)
    }
    count += 1
  }

  /// Gives the inputs that lie in a storage the version it had before the operation changed it.
  mutating func predate(_ storage: Storage, to version: UInt32) {
    func fix(_ entry: inout Entry) {
      if !entry.isOutput, entry.tensor?.storage === storage { entry.version = version }
    }
    fix(&first)
    fix(&second)
    fix(&third)
    if let rest { for i in rest.elements.indices { fix(&rest.elements[i]) } }
  }

  @inline(__always)
  subscript(index: Int) -> Entry {
    index == 0
      ? first
      : index == 1
        ? second : index == 2 ? third : rest.unsafelyUnwrapped.elements[index - 3]
  }

  mutating func handOver(to list: inout [AnyObject]) {
    for i in 0..<count { if let tensor = self[i].tensor { list.append(tensor) } }
    self = SavedList()
  }
}

extension Node {
  /// A saved tensor, after checking that nothing changed it since.
  @inline(__always)
  final func unpack(_ index: Int) -> Tensor {
    let entry = saved[index]
    let tensor = entry.tensor.unsafelyUnwrapped
    if tensor.storage.version != entry.version { raiseChanged(tensor, entry.version) }
    if !entry.isOutput || !ThreadState.current.gradEnabled { return tensor }
    let output = tensor.alias()
    output.recordedFn = self
    output.outputIndex = tensor.outputIndex
    return output
  }

  @inline(never)
  private final func raiseChanged(_ tensor: Tensor, _ version: UInt32) {
    func place(_ file: StaticString, _ line: UInt) -> String {
      line == 0 ? "" : " at \(file):\(line)"
    }
    let change = tensor.storage.lastChange
    let changer =
      change.map { "\($0.operation)\(place($0.file, $0.line))" } ?? "an in-place operation"
    Misuse(
      "backward",
      "a tensor needed for the gradient was changed in place: \(name)\(place(file, line)) saved it at "
        + "version \(version), \(changer) made it version \(tensor.storage.version)",
      got: "\(tensor.dtype.name) \(tensor.shape.brackets)",
      try: "the operation without the underscore, or clone() before it"
    ).raise(file: change?.file ?? "", line: change?.line ?? 0)
  }
}

/// A node whose gradient is a closure beside the operation's forward.
final class RuleNode: Node {
  typealias Rule = (BackwardStep, Tensor) -> Void
  private var rule: Rule?

  @inline(__always)
  init(
    _ name: String, output: Tensor, file: StaticString = "", line: UInt = 0, rule: @escaping Rule
  ) {
    self.rule = rule
    super.init(name, output: output, file: file, line: line)
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) { rule?(step, gradient) }

  override func release() {
    super.release()
    rule = nil
  }

  override func handOver(to list: inout [AnyObject]) {
    if let rule { list.append(Released(rule)) }
    rule = nil
  }
}

/// A node of several outputs, whose rule sees all of their gradients (nil where none arrived).
final class MultiRuleNode: Node {
  typealias Rule = (BackwardStep, [Tensor?]) -> Void
  private var rule: Rule?

  init(_ name: String, outputs: [Tensor], rule: @escaping Rule) {
    self.rule = rule
    super.init(name, output: outputs[0])
    further = FurtherOutputs(outputs)
  }

  override func backward(_ step: BackwardStep, _ gradients: [Tensor?]) { rule?(step, gradients) }

  /// An operation of several results may have a single one.
  override func backward(_ step: BackwardStep, _ gradient: Tensor) { rule?(step, [gradient]) }

  override func release() {
    super.release()
    rule = nil
  }

  override func handOver(to list: inout [AnyObject]) {
    if let rule { list.append(Released(rule)) }
    rule = nil
  }
}

/// Holds a closure until the outermost release frees it.
private final class Released {
  let content: Any
  init(_ content: Any) { self.content = content }
}
