// Activation checkpointing: compute twice instead of keeping.

/// Runs a part of a model without keeping what its gradient needs; the backward runs it again.
///
/// Saves the memory of the part's intermediate results at the price of a second forward. Chen et al.,
/// "Training deep nets with sublinear memory cost", 2016. The second run draws the same random numbers.
/// Tensors that the closure captures get their gradients too.
/// ```swift
/// let y = checkpoint(x) { x in block(x) }
/// ```
/// - Precondition: the closure computes the same both times.
/// - Source: torch.utils.checkpoint.checkpoint with use_reentrant=False
public func checkpoint(
  _ input: Tensor, preserveRNGState: Bool = true, file: StaticString = #fileID, line: UInt = #line,
  _ body: @escaping (Tensor) -> Tensor
) -> Tensor {
  checkpoint([input], preserveRNGState: preserveRNGState, file: file, line: line) { [body($0[0])] }[
    0]
}

/// The same for several inputs and outputs.
public func checkpoint(
  _ inputs: [Tensor], preserveRNGState: Bool = true, file: StaticString = #fileID,
  line: UInt = #line, _ body: @escaping ([Tensor]) -> [Tensor]
) -> [Tensor] {
  if !GradMode.isEnabled { return body(inputs) }
  let start = Node.lastSequence
  let random = preserveRNGState ? Generator.default.clone() : nil
  let results = body(inputs)
  let part = GraphPart(results, after: start)
  if part.nodes.isEmpty { return results }
  let outputs = results.map { $0.recordedFn == nil ? $0 : $0.detach() }
  let node = CheckpointNode(outputs, random: random, start: start) { body(inputs) }
  for edge in part.boundary { node.edges.append(edge) }
  node.file = file
  node.line = line
  for (i, output) in outputs.enumerated() where results[i] !== output {
    output.recordedFn = node
    output.outputIndex = Int32(i)
  }
  return outputs
}

/// The nodes of a graph that are younger than a given one, and the edges that leave them.
private struct GraphPart {
  var nodes: [Node] = []
  var boundary: [Edge] = []

  init(_ outputs: [Tensor], after start: UInt64) {
    var seen = Set<ObjectIdentifier>()
    var open = outputs.compactMap(\.gradFn).filter { $0.sequence > start }
    while let node = open.popLast() {
      if !seen.insert(ObjectIdentifier(node)).inserted { continue }
      nodes.append(node)
      for i in 0..<node.edges.count {
        let edge = node.edges[i]
        if let next = edge.node, next.sequence > start {
          open.append(next)
        } else if let target = edge.target, seen.insert(ObjectIdentifier(target)).inserted {
          boundary.append(edge)
        }
      }
    }
  }
}

/// Runs its part of the model again, recorded, and passes the gradients on to the new nodes. Nothing is
/// nested.
private final class CheckpointNode: Node {
  private var body: (() -> [Tensor])?
  private let random: Generator?
  private let start: UInt64

  init(_ outputs: [Tensor], random: Generator?, start: UInt64, body: @escaping () -> [Tensor]) {
    self.body = body
    self.random = random
    self.start = start
    super.init("CheckpointBackward", output: outputs[0])
    further = FurtherOutputs(outputs)
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) { backward(step, [gradient]) }

  override func backward(_ step: BackwardStep, _ gradients: [Tensor?]) {
    guard let body else { return }
    let now = Generator.default.clone()
    if let random { Generator.default.continueAs(random) }
    let again = Node.lastSequence
    let results = enableGrad(body)
    if random != nil { Generator.default.continueAs(now) }
    let isSame = results.enumerated().allSatisfy { $1.shape == outputLayout($0).shape }
    if results.count != gradients.count || !isSame {
      Misuse(
        "checkpoint", "the second run gave other shapes than the first",
        got: results.map(\.shape.brackets).joined(separator: ", "),
        try: "a closure that computes the same each time"
      ).raise(file: file, line: line)
      return
    }
    step.continue(through: results, madeAfter: again, gradients)
  }

  override func release() {
    super.release()
    body = nil
  }
}

extension BackwardStep {
  /// Passes the gradients of a node on to operations that have just made its results again: they are the
  /// youngest, so the same pass runs them before anything older.
  func `continue`(through results: [Tensor], madeAfter start: UInt64, _ gradients: [Tensor?]) {
    engine.admit(GraphPart(results, after: start).nodes)
    for (result, gradient) in zip(results, gradients) {
      if let gradient, result.requiresGrad { engine.receive(Way(result), gradient) }
    }
  }
}
