/// A drawing of a computation graph: values above the nodes, gradients on the edges.
///
/// Nodes stand in layers from left to right; a node's layer is the length of the longest path to
/// it, so every edge points to the right.
///
/// ```swift
/// var graph = GraphDrawing()
/// let b = graph.addNode("b", value: "3")
/// let c = graph.addNode("c", value: "2")
/// let u = graph.addNode("u = b*c", value: "6")
/// graph.addEdge(from: b, to: u, label: "6")
/// graph.addEdge(from: c, to: u, label: "9")
/// try graph.save("graph.svg")
/// print(graph.dot())
/// ```
///
/// A graph must have no cycles; nodes on a cycle are drawn, but in the first layer.
public struct GraphDrawing: Equatable, Sendable {
  /// A box of the drawing.
  public struct Node: Equatable, Sendable {
    /// The text in the box: a name, an operation or an equation.
    public var title: String
    /// The value above the box.
    public var value: String?
    /// The gradient below the box, in the second colour.
    public var gradient: String?
  }

  /// An arrow of the drawing.
  public struct Edge: Equatable, Sendable {
    /// The index of the node where it begins.
    public var from: Int
    /// The index of the node where it ends.
    public var to: Int
    /// The text beside the arrow, in the second colour: usually the gradient that flows back.
    public var label: String?
  }

  /// The boxes, in the order in which they were added.
  public private(set) var nodes: [Node] = []
  /// The arrows, in the order in which they were added.
  public private(set) var edges: [Edge] = []
  /// The text above the drawing.
  public var title = ""

  /// Makes an empty drawing.
  public init() {}

  /// Adds a box.
  ///
  /// - Returns: the index by which edges name it.
  public mutating func addNode(
    _ title: String, value: String? = nil, gradient: String? = nil
  ) -> Int {
    nodes.append(Node(title: title, value: value, gradient: gradient))
    return nodes.count - 1
  }

  /// Adds an arrow between two boxes that were added before.
  ///
  /// - Precondition: `addEdge: there is no such node. Got 3 -> 7 among 5 nodes. …`
  public mutating func addEdge(from: Int, to: Int, label: String? = nil) {
    guard nodes.indices.contains(from), nodes.indices.contains(to) else {
      plotMisuse(
        "addEdge: there is no such node. Got \(from) -> \(to) among \(nodes.count) nodes. "
          + "Try the indices that addNode returned.")
    }
    edges.append(Edge(from: from, to: to, label: label))
  }

  /// The graph in the language of Graphviz, drawn with `dot -Tsvg`.
  public func dot() -> String {
    func quoted(_ text: String) -> String {
      var result = "\""
      for character in text {
        switch character {
        case "\"", "\\": result += "\\\(character)"
        case "\n": result += "\\n"
        default: result.append(character)
        }
      }
      return result + "\""
    }
    var lines = ["digraph {", "  rankdir=LR;", "  node [shape=box, fontname=\"Helvetica\"];"]
    if !title.isEmpty { lines.append("  label=\(quoted(title)); labelloc=t;") }
    for (index, node) in nodes.enumerated() {
      var text = node.title
      if let value = node.value { text += "\n\(value)" }
      if let gradient = node.gradient { text += "\ngrad \(gradient)" }
      lines.append("  n\(index) [label=\(quoted(text))];")
    }
    for edge in edges {
      let label = edge.label.map {
        " [label=\(quoted($0)), fontcolor=\"\(Self.gradientColor.hexadecimal)\"]"
      }
      lines.append("  n\(edge.from) -> n\(edge.to)\(label ?? "");")
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  static let gradientColor = PlotColor.red
}

extension GraphDrawing: Drawable {
  public func svg() -> String {
    let layout = GraphLayout(self)
    var canvas = SVGCanvas(width: layout.width, height: layout.height)
    layout.draw(on: &canvas)
    return canvas.text
  }

  public func png(scale: Double = 1) throws(PlotError) -> [UInt8] {
    let layout = GraphLayout(self)
    var canvas = try RasterCanvas(
      figureWidth: layout.width, height: layout.height, scale: scale)
    layout.draw(on: &canvas)
    return PNGEncoder.encode(canvas.raster)
  }
}
