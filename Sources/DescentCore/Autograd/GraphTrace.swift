/// A backward pass written down: the operations it ran and the gradients that flowed between them.
///
/// For drawings and lessons; gradients are accumulated in the leaves as by `backward()`.
public struct GraphTrace {
  /// An operation, or a leaf.
  public struct Vertex {
    /// PyTorch's name of the gradient function; `AccumulateGrad` for a leaf.
    public let name: String
    /// The leaf itself; nil for operations.
    public let leaf: Tensor?
    fileprivate let identity: ObjectIdentifier

    /// The name without `Backward` and its number: `Mul` of `MulBackward0`.
    public var operation: String {
      var word = name[...]
      while word.last?.isNumber == true { word.removeLast() }
      let suffix = "Backward"
      return word.hasSuffix(suffix) ? String(word.dropLast(suffix.count)) : name
    }
  }

  /// A gradient on its way from an operation to what made its input.
  public struct Flow {
    /// The vertex that used the value.
    public let from: Int
    /// The vertex that made it.
    public let to: Int
    public let gradient: Tensor
  }

  public private(set) var vertices: [Vertex] = []
  public private(set) var flows: [Flow] = []

  /// Runs backward from a scalar and records it.
  public init(_ root: Tensor, file: StaticString = #fileID, line: UInt = #line) {
    guard
      let seed = attempt(
        file: file, line: line,
        { () throws(Misuse) in try Tensor.seed("GraphTrace", root, nil) })
    else { return }
    let recorder = FlowRecorder()
    Engine.run(
      from: root, seed, retainGraph: true, createGraph: false, recorder: recorder,
      site: CallSite(file: file, line: line))
    if let node = root.gradFn { _ = index(of: node) }
    for (node, edge, gradient) in recorder.flows {
      let from = index(of: node)
      if let inner = edge.node {
        flows.append(Flow(from: from, to: index(of: inner), gradient: gradient))
      } else if let leaf = edge.leaf {
        flows.append(Flow(from: from, to: index(of: leaf), gradient: gradient))
      }
    }
  }

  private mutating func index(of node: Node) -> Int {
    vertex(ObjectIdentifier(node)) { Vertex(name: node.name, leaf: nil, identity: $0) }
  }

  private mutating func index(of leaf: Tensor) -> Int {
    vertex(ObjectIdentifier(leaf)) { Vertex(name: "AccumulateGrad", leaf: leaf, identity: $0) }
  }

  private mutating func vertex(
    _ identity: ObjectIdentifier, _ make: (ObjectIdentifier) -> Vertex
  ) -> Int {
    if let known = vertices.firstIndex(where: { $0.identity == identity }) { return known }
    vertices.append(make(identity))
    return vertices.count - 1
  }

  /// The vertex that made a tensor, or nil if it is not part of the pass.
  public func vertex(of tensor: Tensor) -> Int? {
    let identity = tensor.gradFn.map { ObjectIdentifier($0) } ?? ObjectIdentifier(tensor)
    return vertices.firstIndex { $0.identity == identity }
  }
}

/// Collects the gradients that the engine hands on.
final class FlowRecorder {
  var flows: [(node: Node, edge: Edge, gradient: Tensor)] = []
}
