import Testing

@testable import DescentPlot

@Suite("GraphDrawing")
struct GraphDrawingTests {
  /// J = 3(a + b*c) at a = 5, b = 3, c = 2, with the derivatives of J on the edges.
  private func example() -> GraphDrawing {
    var graph = GraphDrawing()
    let a = graph.addNode("a", value: "5")
    let b = graph.addNode("b", value: "3")
    let c = graph.addNode("c", value: "2")
    let u = graph.addNode("u = b*c", value: "6")
    let v = graph.addNode("v = a + u", value: "11")
    let j = graph.addNode("J = 3v", value: "33")
    graph.addEdge(from: a, to: v, label: "dJ/da = 3")
    graph.addEdge(from: b, to: u, label: "dJ/db = 6")
    graph.addEdge(from: c, to: u, label: "dJ/dc = 9")
    graph.addEdge(from: u, to: v, label: "dJ/du = 3")
    graph.addEdge(from: v, to: j, label: "dJ/dv = 3")
    return graph
  }

  @Test("the drawing has every value and every gradient, gradients in the second colour")
  func svg() throws {
    let svg = example().svg()
    for text in ["5", "3", "2", "6", "11", "33", "u = b*c", "v = a + u", "J = 3v"] {
      #expect(svg.contains(">\(text)</text>"))
    }
    for text in ["dJ/da = 3", "dJ/db = 6", "dJ/dc = 9", "dJ/du = 3", "dJ/dv = 3"] {
      #expect(svg.contains("fill=\"#d62728\">\(text)</text>"))
    }
    #expect(try example().png().count > 1000)
  }

  @Test("the text for Graphviz names nodes and edges in order")
  func dot() {
    var graph = GraphDrawing()
    let x = graph.addNode("x \"0\"", value: "1", gradient: "2")
    let y = graph.addNode("y")
    graph.addEdge(from: x, to: y, label: "2")
    #expect(
      graph.dot() == #"""
        digraph {
          rankdir=LR;
          node [shape=box, fontname="Helvetica"];
          n0 [label="x \"0\"\n1\ngrad 2"];
          n1 [label="y"];
          n0 -> n1 [label="2", fontcolor="#d62728"];
        }

        """#)
  }

  @Test("an empty graph, a cycle, a loop and a chain of ten thousand nodes are drawn")
  func shapes() {
    #expect(GraphDrawing().svg().contains("<svg"))
    var cycle = GraphDrawing()
    let first = cycle.addNode("first")
    let second = cycle.addNode("second")
    cycle.addEdge(from: first, to: second)
    cycle.addEdge(from: second, to: first)
    cycle.addEdge(from: first, to: first)
    #expect(cycle.svg().contains("second"))
    var chain = GraphDrawing()
    var last = chain.addNode("0")
    for index in 1..<10_000 {
      let next = chain.addNode("\(index)")
      chain.addEdge(from: last, to: next)
      last = next
    }
    #expect(chain.svg().contains(">9999</text>"))
  }
}
