import DescentCore

/// What a model consists of, layer by layer: the table that `Module.summary(input:)` gives.
public struct ModuleSummary: Sendable, CustomStringConvertible {
  /// One call of one module.
  public struct Row: Sendable {
    /// The path; empty for the model itself.
    public let path: String
    /// The last part of the path: the name inside the module above.
    public let name: String
    /// The type's name.
    public let type: String
    /// nil for modules that were not called with one tensor.
    public let outputShape: [Int]?
    /// Numbers in the module's own parameters, without those of modules inside.
    public let parameters: Int
    public let multiplyAdds: Int
    /// How many modules it is inside of.
    public let depth: Int
  }

  public let rows: [Row]
  /// Numbers in all parameters, each counted once.
  public let parameters: Int
  /// Those that require gradients.
  public let trainableParameters: Int
  public let multiplyAdds: Int
  /// Bytes of parameters and buffers.
  public let stateBytes: Int
  /// Bytes of the outputs of all layers.
  public let outputBytes: Int

  public var description: String {
    var table = [["Layer", "Output shape", "Parameters", "Multiply-adds"]]
    for row in rows {
      let name = row.name.isEmpty ? "" : "(\(row.name)): "
      table.append([
        String(repeating: "  ", count: row.depth) + name + row.type,
        row.outputShape.map { "[\($0.map(String.init).joined(separator: ", "))]" } ?? "-",
        row.parameters == 0 ? "-" : ModuleSummary.grouped(row.parameters),
        row.multiplyAdds == 0 ? "-" : ModuleSummary.grouped(row.multiplyAdds),
      ])
    }
    let widths = (0..<4).map { i in table.map { $0[i].count }.max() ?? 0 }
    let rule = String(repeating: "-", count: widths.reduce(6, +))
    var lines = table.map { cells in
      (0..<4).map { i in
        let padding = String(repeating: " ", count: widths[i] - cells[i].count)
        return i < 2 ? cells[i] + padding : padding + cells[i]
      }.joined(separator: "  ")
    }
    lines.insert(rule, at: 1)
    lines.append(rule)
    lines.append(
      "Parameters: \(ModuleSummary.grouped(parameters)), trainable: \(ModuleSummary.grouped(trainableParameters))"
    )
    lines.append("Multiply-adds: \(ModuleSummary.grouped(multiplyAdds))")
    lines.append(
      "Memory: parameters and buffers \(ModuleSummary.bytes(stateBytes)), outputs \(ModuleSummary.bytes(outputBytes))"
    )
    return lines.joined(separator: "\n")
  }

  /// 1234567 as 1,234,567.
  static func grouped(_ number: Int) -> String {
    var text = ""
    for (i, digit) in String(number).reversed().enumerated() {
      if i > 0 && i % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  static func bytes(_ count: Int) -> String {
    if count < 1 << 10 { return "\(count) B" }
    let (unit, size) = count < 1 << 20 ? ("KiB", 1024.0) : ("MiB", 1048576.0)
    return "\((Double(count) / size * 10).rounded() / 10) \(unit)"
  }
}

extension Module {
  /// Runs the model on an example and lists its layers: output shapes, parameters, multiply-adds, memory.
  ///
  /// ```swift
  /// print(Sequential(Linear(4, 8), ReLU()).summary(input: Tensor.zeros(1, 4)))
  /// // Layer              Output shape  Parameters  Multiply-adds
  /// // ----------------------------------------------------------
  /// // Sequential         [1, 8]                 -              -
  /// //   (0): Linear      [1, 8]                40             32
  /// //   (1): ReLU        [1, 8]                 -              -
  /// // …
  /// ```
  /// The model runs in evaluation mode, without gradients, and is left as it was.
  public final func summary(input: Tensor) -> ModuleSummary {
    summary { _ = self(input) }
  }

  /// The same for a model with several inputs: the closure calls it.
  public final func summary(running body: () -> Void) -> ModuleSummary {
    let modules = namedModules()
    var calls: [ObjectIdentifier: (shape: [Int], multiplyAdds: Int, bytes: Int)] = [:]
    let handles = modules.map { _, module in
      module.registerForwardHook { module, input, output in
        let known = calls[ObjectIdentifier(module)]
        calls[ObjectIdentifier(module)] = (
          Array(output.shape), (known?.multiplyAdds ?? 0) + module.multiplyAdds(input, output),
          output.numel() * output.dtype.itemSize
        )
        return nil
      }
    }
    let modes = modules.map(\.module.isTraining)
    eval()
    noGrad(body)
    for (i, handle) in handles.enumerated() {
      handle.remove()
      modules[i].module.isTraining = modes[i]
    }
    var depths = ["": 0]
    let rows = modules.map { path, module in
      let parent = Module.parentPath(path, among: depths)
      let depth = path.isEmpty ? 0 : 1 + (depths[parent] ?? 0)
      depths[path] = depth
      let call = calls[ObjectIdentifier(module)]
      return ModuleSummary.Row(
        path: path, name: String(path.dropFirst(parent.isEmpty ? 0 : parent.count + 1)),
        type: "\(type(of: module))", outputShape: call?.shape,
        parameters: module.ownParameters.reduce(0) { $0 + $1.numel() },
        multiplyAdds: call?.multiplyAdds ?? 0,
        depth: depth)
    }
    let parameters = parameters()
    let state: [Tensor] = parameters + buffers()
    let leaves = modules.filter { $0.module.children().isEmpty }
    return ModuleSummary(
      rows: rows, parameters: parameters.reduce(0) { $0 + $1.numel() },
      trainableParameters: parameters.reduce(0) { $0 + ($1.requiresGrad ? $1.numel() : 0) },
      multiplyAdds: rows.reduce(0) { $0 + $1.multiplyAdds },
      stateBytes: state.reduce(0) { $0 + $1.numel() * $1.dtype.itemSize },
      outputBytes: leaves.reduce(0) { $0 + (calls[ObjectIdentifier($1.module)]?.bytes ?? 0) })
  }

  /// The longest known path that leads to a path: elements of an array have names with a dot of their own.
  private static func parentPath(_ path: String, among known: [String: Int]) -> String {
    var parent = path[...]
    while let dot = parent.lastIndex(of: ".") {
      parent = parent[..<dot]
      if known[String(parent)] != nil { return String(parent) }
    }
    return ""
  }

  private var ownParameters: [Parameter] {
    members.compactMap { if case .parameter(let parameter) = $0.member { parameter } else { nil } }
  }
}
