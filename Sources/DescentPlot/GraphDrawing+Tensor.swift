import DescentCore

extension GraphDrawing {
  /// Draws how a scalar was computed: values in the boxes, gradients on the arrows.
  ///
  /// Runs backward from the tensor, so the leaves' `grad` is accumulated.
  /// ```swift
  /// let graph = GraphDrawing(of: j, names: [("a", a), ("b", b), ("c", c), ("J", j)])
  /// try graph.save("graph.svg")
  /// ```
  /// - Parameter names: titles and values of the tensors to show; other boxes show their operation.
  public init(of root: Tensor, names: [(String, Tensor)] = []) {
    self.init()
    let trace = GraphTrace(root)
    var titles: [Int: (name: String, tensor: Tensor)] = [:]
    for (name, tensor) in names {
      if let vertex = trace.vertex(of: tensor) { titles[vertex] = (name, tensor) }
    }
    var leafCount = 0
    for (i, vertex) in trace.vertices.enumerated() {
      let tensor = titles[i]?.tensor ?? vertex.leaf
      if vertex.leaf != nil { leafCount += 1 }
      let title =
        titles[i].map { vertex.leaf == nil ? "\($0.name) (\(vertex.operation))" : $0.name }
        ?? (vertex.leaf == nil ? vertex.operation : "x\(leafCount)")
      _ = addNode(title, value: tensor.map(GraphDrawing.text))
    }
    for flow in trace.flows {
      addEdge(from: flow.to, to: flow.from, label: GraphDrawing.text(flow.gradient))
    }
  }

  /// A number for a single element, else the shape.
  private static func text(_ tensor: Tensor) -> String {
    if tensor.numel() != 1 { return "\(Array(tensor.shape))" }
    let value = tensor.item()
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(Float(value))"
  }
}
