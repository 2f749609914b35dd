// Nodes whose gradient is a closure beside the operation's forward.

/// A node whose gradient is a closure beside the operation's forward.
final class RuleNode: Node {
  typealias Rule = (BackwardStep, Tensor) -> Void
  private var rule: Rule?

  @inline(__always)
  init(
    _ name: String, output: Tensor, edges: consuming EdgeList,
    saved: consuming SavedList = SavedList(),
    file: StaticString = "", line: UInt = 0, rule: @escaping Rule
  ) {
    self.rule = rule
    super.init(name, output: output, edges: edges, saved: saved, file: file, line: line)
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
