// Structured operations that write into a tensor: in place, or into a copy.

extension Tensor {
  /// Runs `write` on this tensor (`inPlace`) or on a copy, and records the change.
  ///
  /// The rule's input 0 is the old value; the others follow in the order of `others`.
  /// - Parameters:
  ///   - node: PyTorch's name of the gradient.
  ///   - mayOverlap: whether an operand may lie in the memory that is written.
  ///   - saving: what the rule asks for; must not be this tensor itself when `inPlace`.
  final func written(
    _ operation: String, node: String, inPlace: Bool, with others: TensorList = TensorList(),
    saving: TensorList = TensorList(), mayOverlap: Bool = false, file: StaticString, line: UInt,
    rule: @escaping RuleNode.Rule,
    write: (Tensor) throws(Misuse) -> Void
  ) -> Tensor {
    let records = recording(self) || recording(others)
    let target: Tensor
    if inPlace {
      let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
        try Rules.writable(operation, self)
        if !mayOverlap {
          for i in 0..<others.count {
            try Rules.noOverlap("\(operation)_", self, others[i], whole: true)
          }
        }
      }
      if checked == nil { return self }
      target = self
    } else {
      target = noGrad { clone() }
    }
    var edges = EdgeList()
    var saved = SavedList()
    if records {
      // Before the change: what it changes besides its target is found out in backward.
      edges.append(Edge(self))
      for i in 0..<others.count { edges.append(Edge(others[i])) }
      for i in 0..<saving.count { saved.append(saving[i]) }
    }
    do throws(Misuse) {
      try write(target)
    } catch {
      error.named(inPlace ? operation + "_" : operation).raise(file: file, line: line)
      return inPlace ? self : .poison
    }
    if inPlace { target.didChange(operation + "_", file, line) }
    if !records { return target }
    let made = RuleNode(
      node, output: target, edges: edges, saved: saved, file: file, line: line, rule: rule)
    if inPlace { target.rebase(onto: made) } else { target.recordedFn = made }
    return target
  }
}
