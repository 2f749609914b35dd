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
  @exclusivity(unchecked) final var edges: EdgeList
  @exclusivity(unchecked) final var saved: SavedList
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
  init(
    _ name: String, output: Tensor, edges: consuming EdgeList = EdgeList(),
    saved: consuming SavedList = SavedList(), file: StaticString = "", line: UInt = 0
  ) {
    self.edges = edges
    self.saved = saved
    self.file = file
    self.line = line
    label = name
    sequence = Node.counter.wrappingAdd(1, ordering: .relaxed).newValue
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
    saved.removeAll()
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
      edges.removeAll()
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

extension Node {
  /// A saved tensor, after checking that nothing changed it since.
  @inline(__always)
  final func unpack(_ index: Int) -> Tensor {
    let entry = saved[index]
    let tensor = entry.tensor.unsafelyUnwrapped
    if tensor.storage.version != entry.version { raiseChanged(tensor, entry.version) }
    if !entry.isOutput || !ThreadLocal.gradEnabled { return tensor }
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
