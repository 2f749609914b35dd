/// What a gradient rule works with: the saved tensors and the way back to the inputs.
struct BackwardStep {
  // Neither is counted: a step does not outlive the pass, which holds both.
  private let heldNode: Unmanaged<Node>
  private let heldEngine: Unmanaged<Engine>
  /// Set where a node runs inside another one (an in-place change of a view): takes the gradient of
  /// input 0.
  var catchFirst: ((Tensor) -> Void)?

  @inline(__always)
  init(node: Node, engine: Engine) {
    heldNode = .passUnretained(node)
    heldEngine = .passUnretained(engine)
  }

  var node: Node { heldNode.takeUnretainedValue() }
  var engine: Engine { heldEngine.takeUnretainedValue() }

  /// Whether input `index` needs a gradient.
  @inline(__always)
  func needs(_ index: Int) -> Bool {
    heldNode._withUnsafeGuaranteedRef { $0.edges[index].target != nil }
      || (index == 0 && catchFirst != nil)
  }

  /// A tensor saved by the forward.
  @inline(__always)
  func saved(_ index: Int) -> Tensor { heldNode._withUnsafeGuaranteedRef { $0.unpack(index) } }

  /// Gives input `index` its gradient; it may still be broadcast or of another dtype.
  @inline(__always)
  func give(_ index: Int, _ gradient: Tensor) {
    if index == 0, let catchFirst { return catchFirst(gradient) }
    heldEngine._withUnsafeGuaranteedRef { engine in
      if engine.detectsAnomalies || engine.recorder != nil { observe(index, gradient) }
      engine.receive(heldNode._withUnsafeGuaranteedRef { $0.edges.way(index) }, gradient)
    }
  }

  @inline(never)
  private func observe(_ index: Int, _ gradient: Tensor) {
    if engine.detectsAnomalies { Anomaly.check(gradient, from: node) }
    if let recorder = engine.recorder { recorder.flows.append((node, node.edges[index], gradient)) }
  }
}
