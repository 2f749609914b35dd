/// One backward pass: runs the nodes from the youngest to the oldest.
///
/// Nodes wait in a heap ordered by creation number. When a node is taken out, everything that uses its
/// outputs is younger and has already run, so its gradients are complete. Nothing recurses.
final class Engine {
  @exclusivity(unchecked) private var heap: [Node] = []
  /// Leaves that received a gradient, in the order of their first.
  @exclusivity(unchecked) private var leaves: [Tensor] = []
  private var retainGraph = false
  private var createGraph = false
  private(set) var recorder: FlowRecorder?
  private(set) var detectsAnomalies = false
  /// For `grad`: gradients caught at these places instead of being accumulated.
  @exclusivity(unchecked) private var captures: [Capture] = []
  @exclusivity(unchecked) private var needed: Set<ObjectIdentifier>?

  struct Capture {
    let edge: Edge
    var gradient: Tensor?
  }

  /// Runs a pass on the thread's idle engine, or on a new one inside another pass.
  @inline(__always)
  private static func pass(
    retainGraph: Bool, createGraph: Bool, _ body: (Engine) -> Void
  ) {
    let thread = ThreadState.current
    let engine = thread.idleEngine ?? Engine()
    thread.idleEngine = nil
    engine.retainGraph = retainGraph
    engine.createGraph = createGraph
    engine.detectsAnomalies = thread.anomalyDetection
    let before = ThreadLocal.gradEnabled
    ThreadLocal.gradEnabled = createGraph
    body(engine)
    ThreadLocal.gradEnabled = before
    if engine.leaves.capacity + engine.heap.capacity < 1024 { thread.idleEngine = engine }
  }

  /// `backward`: gradients are accumulated in the leaves.
  static func run(
    from root: Tensor, _ gradient: Tensor, retainGraph: Bool, createGraph: Bool,
    recorder: FlowRecorder? = nil
  ) {
    pass(retainGraph: retainGraph, createGraph: createGraph) { engine in
      engine.recorder = recorder
      engine.receive(Edge(root), gradient)
      engine.loop()
      engine.finishLeaves()
      engine.recorder = nil
    }
  }

  /// `grad`: gradients of the roots for each of `inputs`, which are not accumulated anywhere.
  static func gradients(
    roots: [(Tensor, Tensor)], inputs: [Tensor], retainGraph: Bool, createGraph: Bool
  ) -> [Tensor?] {
    var gradients: [Tensor?] = []
    pass(retainGraph: retainGraph, createGraph: createGraph) { engine in
      engine.captures = inputs.map { Capture(edge: Edge($0), gradient: nil) }
      engine.needed = engine.nodesLeading(from: roots.map { Edge($0.0) })
      for (tensor, gradient) in roots { engine.receive(Edge(tensor), gradient) }
      engine.loop()
      for leaf in engine.leaves {
        let total = leaf.takeIncoming()
        for i in engine.captures.indices where engine.captures[i].edge.target === leaf {
          engine.captures[i].gradient = total
        }
      }
      gradients = engine.captures.map { $0.gradient }
      engine.leaves.removeAll(keepingCapacity: true)
      engine.captures = []
      engine.needed = nil
    }
    return gradients
  }

  private func loop() {
    while let node = pop() { run(node) }
  }

  private func run(_ node: Node) {
    if node.isReleased {
      Misuse(
        "backward", "the graph was already used: \(node.name)'s saved tensors have been freed",
        got: "a second backward through the same graph",
        try: "backward(retainGraph: true) the first time"
      ).raise(file: "", line: 0)
      return
    }
    if let hooks = node.hooks { hooks.apply(to: node) }
    catchGradients(at: node)
    let step = BackwardStep(node: node, engine: self)
    if let further = node.further {
      let gradients = [node.gradient] + further.gradients
      node.gradient = nil
      for i in further.gradients.indices { further.gradients[i] = nil }
      node.backward(step, gradients)
    } else {
      guard let gradient = node.gradient else { return }
      node.gradient = nil
      node.backward(step, gradient)
    }
    if !retainGraph && !createGraph { node.release() }
  }

  private func catchGradients(at node: Node) {
    if captures.isEmpty { return }
    for i in captures.indices where captures[i].edge.target === node {
      let index = Int(captures[i].edge.index)
      captures[i].gradient = index == 0 ? node.gradient : node.further?.gradients[index - 1]
    }
  }

  // MARK: gradients arriving

  /// Brings a gradient to the form of the value it belongs to and adds it to what has arrived.
  @inline(__always)
  func receive(_ edge: Edge, _ gradient: Tensor) {
    if let node = edge.node {
      if let needed, !needed.contains(ObjectIdentifier(node)) { return }
      let index = Int(edge.index)
      if index == 0 {
        let fitted = fit(gradient, node.outputShape, node.outputDType)
        if node.gradient == nil {
          node.gradient = fitted
        } else {
          let arrived = node.gradient
          node.gradient = nil
          node.gradient = sum(arrived.unsafelyUnwrapped, fitted)
        }
      } else if let further = node.further {
        let (shape, dtype) = further.layouts[index - 1]
        let fitted = fit(gradient, shape, dtype)
        let arrived = further.gradients[index - 1]
        further.gradients[index - 1] = nil
        further.gradients[index - 1] = arrived.map { sum($0, fitted) } ?? fitted
      }
      if !node.isQueued { push(node) }
    } else if let leaf = edge.leaf {
      if needed != nil && !captures.contains(where: { $0.edge.target === leaf }) { return }
      let fitted = fit(gradient, leaf.layout.shape, leaf.dtype)
      if leaf.incoming == nil {
        leaves.append(leaf)
        leaf.incoming = fitted
      } else {
        let arrived = leaf.incoming
        leaf.incoming = nil
        leaf.incoming = sum(arrived.unsafelyUnwrapped, fitted)
      }
    }
  }

  /// Lets nodes that were made during the pass take part in it.
  func admit(_ nodes: [Node]) {
    if needed != nil { for node in nodes { needed?.insert(ObjectIdentifier(node)) } }
  }

  @inline(__always)
  private func fit(_ gradient: Tensor, _ shape: Shape, _ dtype: DType) -> Tensor {
    if gradient.layout.shape == shape && gradient.dtype == dtype { return gradient }
    return refit(gradient, shape, dtype)
  }

  @inline(never)
  private func refit(_ gradient: Tensor, _ shape: Shape, _ dtype: DType) -> Tensor {
    let summed = gradient.layout.shape == shape ? gradient : gradient.sumToSize(shape)
    return summed.dtype == dtype ? summed : summed.to(dtype)
  }

  /// Adds a further gradient to the first: in place where nobody else can see it.
  private func sum(_ arrived: consuming Tensor, _ gradient: Tensor) -> Tensor {
    var total = consume arrived
    if !createGraph && isKnownUniquelyReferenced(&total) && total.ownsWholeStorage() {
      total.accumulateInPlace(gradient)
      return total
    }
    return total + gradient
  }

  private func finishLeaves() {
    for leaf in leaves {
      guard var gradient = leaf.takeIncoming() else { continue }
      if let hooks = leaf.hooks { gradient = hooks.applied(to: gradient) }
      if let existing = leaf.storedGrad {
        if createGraph {
          leaf.storedGrad = existing + gradient
        } else {
          existing.accumulateInPlace(gradient)
        }
      } else if createGraph
        || (isKnownUniquelyReferenced(&gradient) && gradient.ownsWholeStorage())
      {
        leaf.storedGrad = gradient
      } else {
        leaf.storedGrad = gradient.clone()
      }
      leaf.hooks?.accumulated(leaf)
    }
    leaves.removeAll(keepingCapacity: true)
  }

  // MARK: which nodes lead to the inputs

  /// Nodes from which one of the captured places can be reached; all others need not run.
  private func nodesLeading(from roots: [Edge]) -> Set<ObjectIdentifier> {
    let targets = Set(captures.compactMap { $0.edge.target.map(ObjectIdentifier.init) })
    var leads: [ObjectIdentifier: Bool] = [:]
    var stack: [(node: Node, expanded: Bool)] = roots.compactMap { $0.node.map { ($0, false) } }
    while let (node, expanded) = stack.popLast() {
      let id = ObjectIdentifier(node)
      if !expanded {
        if leads[id] != nil { continue }
        leads[id] = targets.contains(id)
        stack.append((node, true))
        for i in 0..<node.edges.count {
          if let next = node.edges[i].node, leads[ObjectIdentifier(next)] == nil {
            stack.append((next, false))
          }
        }
      } else if leads[id] != true {
        leads[id] = (0..<node.edges.count).contains { i in
          node.edges[i].target.map {
            targets.contains(ObjectIdentifier($0)) || leads[ObjectIdentifier($0)] == true
          } ?? false
        }
      }
    }
    return Set(leads.filter(\.value).keys)
  }

  // MARK: heap of waiting nodes, youngest first

  @inline(__always)
  private func push(_ node: Node) {
    node.isQueued = true
    heap.append(node)
    var i = heap.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      if heap[parent].sequence >= heap[i].sequence { break }
      heap.swapAt(i, parent)
      i = parent
    }
  }

  @inline(__always)
  private func pop() -> Node? {
    if heap.isEmpty { return nil }
    if heap.count == 1 {
      let node = heap.removeLast()
      node.isQueued = false
      return node
    }
    heap.swapAt(0, heap.count - 1)
    let node = heap.removeLast()
    node.isQueued = false
    var i = 0
    while true {
      var child = 2 * i + 1
      if child >= heap.count { break }
      if child + 1 < heap.count && heap[child + 1].sequence > heap[child].sequence { child += 1 }
      if heap[i].sequence >= heap[child].sequence { break }
      heap.swapAt(i, child)
      i = child
    }
    return node
  }
}

/// What a gradient rule works with: the saved tensors and the way back to the inputs.
struct BackwardStep {
  // Strong: counted once a step, where unowned ones would be counted at every use.
  let node: Node
  let engine: Engine
  /// Set where a node runs inside another one (an in-place change of a view): takes the gradient of
  /// input 0.
  var catchFirst: ((Tensor) -> Void)?

  init(node: Node, engine: Engine) {
    self.node = node
    self.engine = engine
  }

  /// Whether input `index` needs a gradient.
  @inline(__always)
  func needs(_ index: Int) -> Bool {
    node.edge(index).target != nil || (index == 0 && catchFirst != nil)
  }

  /// A tensor saved by the forward.
  @inline(__always)
  func saved(_ index: Int) -> Tensor { node.unpack(index) }

  /// Gives input `index` its gradient; it may still be broadcast or of another dtype.
  @inline(__always)
  func give(_ index: Int, _ gradient: Tensor) {
    if index == 0, let catchFirst { return catchFirst(gradient) }
    if engine.detectsAnomalies { Anomaly.check(gradient, from: node) }
    if let recorder = engine.recorder {
      recorder.flows.append((node, node.edges[index], gradient))
    }
    engine.receive(node.edge(index), gradient)
  }
}

extension Tensor {
  final func takeIncoming() -> Tensor? {
    defer { incoming = nil }
    return incoming
  }

  /// Whether no other tensor can see this one's elements, and all of them lie in order.
  @inline(__always)
  final func ownsWholeStorage() -> Bool {
    isKnownUniquelyReferenced(&storage) && layout.isContiguous
  }
}
