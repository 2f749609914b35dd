/// One backward pass: runs the nodes from the youngest to the oldest.
///
/// When a node is taken out of the queue, everything that uses its outputs is younger and has already run, so
/// its gradients are complete. Nothing recurses.
final class Engine {
  @exclusivity(unchecked) private var queue = NodeQueue()
  /// Leaves that received a gradient, in the order of their first.
  @exclusivity(unchecked) private var leaves: [Tensor] = []
  @exclusivity(unchecked) private var isRunning = false
  @exclusivity(unchecked) private var retainGraph = false
  @exclusivity(unchecked) private var createGraph = false
  @exclusivity(unchecked) private(set) var recorder: FlowRecorder?
  @exclusivity(unchecked) private(set) var detectsAnomalies = false
  /// For `grad`: gradients caught at these places instead of being accumulated.
  @exclusivity(unchecked) private var captures: [Capture] = []
  @exclusivity(unchecked) private var needed: Set<ObjectIdentifier>?

  struct Capture {
    let edge: Edge
    var gradient: Tensor?
  }

  /// Runs a pass in the thread's engine, or inside another pass in a new one.
  @inline(__always)
  private static func use(
    _ site: CallSite, retainGraph: Bool, createGraph: Bool, _ body: (Engine) -> Void
  ) {
    ThreadState.withCurrent { thread in
      var engine = thread.engine
      if engine.isRunning { engine = Engine() }
      engine.pass(site, thread, retainGraph: retainGraph, createGraph: createGraph) { body(engine) }
    }
  }

  @inline(__always)
  private func pass(
    _ site: CallSite, _ thread: ThreadState, retainGraph: Bool, createGraph: Bool,
    _ body: () -> Void
  ) {
    isRunning = true
    let outer = thread.backward
    thread.backward = site
    self.retainGraph = retainGraph
    self.createGraph = createGraph
    detectsAnomalies = thread.anomalyDetection
    let before = ThreadLocal.gradEnabled
    ThreadLocal.gradEnabled = createGraph
    body()
    ThreadLocal.gradEnabled = before
    thread.backward = outer
    if leaves.capacity + queue.capacity > 1024 {
      leaves = []
      queue = NodeQueue()
    }
    isRunning = false
  }

  /// `backward`: gradients are accumulated in the leaves.
  static func run(
    from root: Tensor, _ gradient: Tensor, retainGraph: Bool, createGraph: Bool,
    recorder: FlowRecorder? = nil, site: CallSite
  ) {
    use(site, retainGraph: retainGraph, createGraph: createGraph) { engine in
      engine.recorder = recorder
      engine.receive(Way(root), gradient)
      engine.loop()
      engine.finishLeaves()
      engine.recorder = nil
    }
  }

  /// `grad`: gradients of the roots for each of `inputs`, which are not accumulated anywhere.
  static func gradients(
    roots: [(Tensor, Tensor)], inputs: [Tensor], retainGraph: Bool, createGraph: Bool,
    site: CallSite
  ) -> [Tensor?] {
    var gradients: [Tensor?] = []
    use(site, retainGraph: retainGraph, createGraph: createGraph) { engine in
      gradients = engine.gradients(roots, inputs)
    }
    return gradients
  }

  private func gradients(_ roots: [(Tensor, Tensor)], _ inputs: [Tensor]) -> [Tensor?] {
    captures = inputs.map { Capture(edge: Edge($0), gradient: nil) }
    needed = nodesLeading(from: roots.map { Edge($0.0) })
    for (tensor, gradient) in roots { receive(Way(tensor), gradient) }
    loop()
    for leaf in leaves {
      let total = leaf.incoming.take()
      for i in captures.indices where captures[i].edge.target === leaf {
        captures[i].gradient = total
      }
    }
    let gradients = captures.map { $0.gradient }
    leaves.removeAll(keepingCapacity: true)
    captures = []
    needed = nil
    return gradients
  }

  private func loop() {
    while let node = queue.pop() { run(node) }
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
      guard let gradient = node.gradient.take() else { return }
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
  func receive(_ way: Way, _ gradient: Tensor) {
    if let node = way.node {
      node._withUnsafeGuaranteedRef { receive($0, way.index, gradient) }
    } else if let leaf = way.leaf {
      leaf._withUnsafeGuaranteedRef { receive($0, gradient) }
    }
  }

  @inline(__always)
  private func receive(_ node: Node, _ index: Int, _ gradient: Tensor) {
    if needed != nil && !isNeeded(node) { return }
    if index == 0 {
      let fitted = fit(gradient, node.outputShape, node.outputDType)
      if node.gradient == nil {
        node.gradient = fitted
      } else {
        node.gradient = sum(node.gradient.take().unsafelyUnwrapped, fitted)
      }
    } else {
      receiveFurther(node, index - 1, gradient)
    }
    if !node.isQueued { queue.push(node) }
  }

  @inline(never)
  private func receiveFurther(_ node: Node, _ index: Int, _ gradient: Tensor) {
    guard let further = node.further else { return }
    let (shape, dtype) = further.layouts[index]
    let fitted = fit(gradient, shape, dtype)
    let arrived = further.gradients[index].take()
    further.gradients[index] = arrived.map { sum($0, fitted) } ?? fitted
  }

  @inline(__always)
  private func receive(_ leaf: Tensor, _ gradient: Tensor) {
    if needed != nil && !captures.contains(where: { $0.edge.target === leaf }) { return }
    let fitted = fit(gradient, leaf.layout.shape, leaf.dtype)
    if leaf.incoming == nil {
      leaves.append(leaf)
      leaf.incoming = fitted
    } else {
      leaf.incoming = sum(leaf.incoming.take().unsafelyUnwrapped, fitted)
    }
  }

  @inline(never)
  private func isNeeded(_ node: Node) -> Bool {
    needed?.contains(ObjectIdentifier(node)) ?? true
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
    // The list holds them.
    for i in leaves.indices {
      Unmanaged.passUnretained(leaves[i])._withUnsafeGuaranteedRef { finish($0) }
    }
    leaves.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private func finish(_ leaf: Tensor) {
    guard var gradient = leaf.incoming.take() else { return }
    if let hooks = leaf.hooks { gradient = hooks.applied(to: gradient) }
    if let existing = leaf.storedGrad {
      if createGraph {
        leaf.storedGrad = existing + gradient
      } else {
        existing.accumulateInPlace(gradient)
      }
    } else if createGraph
      || (isKnownUniquelyReferenced(&gradient) && gradient.ownsWholeStorage()
        && leaf.layout.isContiguous)
    {
      leaf.storedGrad = gradient
    } else {
      leaf.storedGrad = leaf.layout.isContiguous ? gradient.clone() : gradient.copied(as: leaf)
    }
    if let hooks = leaf.hooks { hooks.accumulated(leaf) }
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
}

extension Tensor {
  /// Whether no other tensor can see this one's elements, and all of them lie in order.
  @inline(__always)
  final func ownsWholeStorage() -> Bool {
    isKnownUniquelyReferenced(&storage) && layout.isContiguous
  }

  /// A copy that lies as a leaf does, if that is without gaps, else row-major: what sees both then walks
  /// them alike (PyTorch's contract of gradients' layouts).
  @inline(never)
  fileprivate final func copied(as leaf: Tensor) -> Tensor {
    let order = leaf.layout.isDense ? leaf.layout.preserved : Layout(contiguous: layout.shape)
    let result = Tensor(empty: order, dtype: elementType, device: device)
    device.backend.copy(CopyCall(source: self, destination: result))
    return result
  }
}
