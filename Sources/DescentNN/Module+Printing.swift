extension Module: CustomStringConvertible {
  /// PyTorch's text: the type's name, its options, and the modules inside, indented.
  public var description: String {
    // From the innermost modules outwards, so that depth costs no stack.
    var texts: [ObjectIdentifier: String] = [:]
    for module in modulesInsideOut() { texts[ObjectIdentifier(module)] = module.text(texts) }
    return texts[ObjectIdentifier(self)] ?? ""
  }

  private func text(_ texts: [ObjectIdentifier: String]) -> String {
    let name = "\(type(of: self))"
    let children = members.compactMap { name, member -> (name: String, module: Module)? in
      if case .module(let module) = member { (name, module) } else { nil }
    }
    let extra = extraDescription.split(separator: "\n", omittingEmptySubsequences: false)
    if children.isEmpty && extra.count < 2 { return "\(name)(\(extraDescription))" }
    var lines: [String] = extraDescription.isEmpty ? [] : extra.map { "  " + $0 }
    for (start, end, text) in runs(of: children.map { texts[ObjectIdentifier($0.module)] ?? "" }) {
      let label =
        end == start ? "(\(children[start].name)): " : "(\(start)-\(end)): \(end - start + 1) x "
      let indented = text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\n  ")
      lines.append("  " + label + indented)
    }
    return "\(name)(\n" + lines.joined(separator: "\n") + "\n)"
  }

  /// Equal neighbours in a `ModuleList` are printed once: `(0-2): 3 x Linear(…)`.
  private func runs(of texts: [String]) -> [(Int, Int, String)] {
    var runs: [(Int, Int, String)] = []
    for (i, text) in texts.enumerated() {
      if self is ModuleList, let last = runs.last, last.2 == text {
        runs[runs.count - 1].1 = i
      } else {
        runs.append((i, i, text))
      }
    }
    return runs
  }
}
