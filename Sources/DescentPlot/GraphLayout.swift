/// Places the boxes and arrows of a `GraphDrawing`.
///
/// Longest-path layers; arrows over several layers get a bend in each, so that they pass between boxes; the
/// order within layers by barycentres, heights by pulling each node to the middle of its
/// neighbours. No step is recursive, so a graph may be as deep as memory allows.
///
/// - Source: Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical systems,
///   1981.
struct GraphLayout {
  private(set) var width = 0.0
  private(set) var height = 0.0

  private let drawing: GraphDrawing
  private let metrics = Metrics.pixels
  /// The vertices: the nodes of the drawing, then the bends of long edges.
  private var layer: [Int]
  private var size: [Point]
  private var center: [Point] = []
  /// For each edge the vertices that it passes, both ends included.
  private var routes: [[Int]] = []
  private var layers: [[Int]] = []

  private static let margin = 16.0
  private static let rowGap = 26.0

  init(_ drawing: GraphDrawing) {
    self.drawing = drawing
    let metrics = metrics
    layer = Self.longestPathLayers(count: drawing.nodes.count, drawing.edges)
    size = drawing.nodes.map { node in
      let textWidth = metrics.width(of: node.title, size: metrics.fontSize)
      let around =
        [node.value, node.gradient].compactMap { $0 }
        .map { metrics.width(of: $0, size: metrics.fontSize) }.max() ?? 0
      // The value stands above the box and the gradient below it.
      return Point(x: max(textWidth + 22, around, 36), y: 30 + 2 * 22)
    }
    routeEdges()
    layers = Array(repeating: [], count: (layer.max() ?? -1) + 1)
    for (vertex, layer) in layer.enumerated() { layers[layer].append(vertex) }
    orderLayers()
    place()
  }

  private static func longestPathLayers(count: Int, _ edges: [GraphDrawing.Edge]) -> [Int] {
    var layer = [Int](repeating: 0, count: count)
    var open = [Int](repeating: 0, count: count)
    var successors = [[Int]](repeating: [], count: count)
    for edge in edges {
      open[edge.to] += 1
      successors[edge.from].append(edge.to)
    }
    var ready = (0..<count).filter { open[$0] == 0 }
    var next = 0
    while next < ready.count {
      let vertex = ready[next]
      next += 1
      for successor in successors[vertex] {
        layer[successor] = max(layer[successor], layer[vertex] + 1)
        open[successor] -= 1
        if open[successor] == 0 { ready.append(successor) }
      }
    }
    for vertex in 0..<count where open[vertex] > 0 { layer[vertex] = 0 }
    return layer
  }

  private mutating func routeEdges() {
    for edge in drawing.edges {
      var route = [edge.from]
      if layer[edge.from] + 1 < layer[edge.to] {
        for between in (layer[edge.from] + 1)..<layer[edge.to] {
          route.append(layer.count)
          layer.append(between)
          size.append(Point(x: 0, y: 10))
        }
      }
      routes.append(route + [edge.to])
    }
  }

  /// The neighbours of each vertex on the left and on the right.
  private func neighbours() -> (left: [[Int]], right: [[Int]]) {
    var left = [[Int]](repeating: [], count: layer.count)
    var right = left
    for route in routes {
      for (from, to) in zip(route, route.dropFirst()) where layer[from] < layer[to] {
        right[from].append(to)
        left[to].append(from)
      }
    }
    return (left, right)
  }

  private mutating func orderLayers() {
    let (left, right) = neighbours()
    var place = [Double](repeating: 0, count: layer.count)
    for column in layers {
      for (row, vertex) in column.enumerated() { place[vertex] = Double(row) }
    }
    for sweep in 0..<12 {
      let forward = sweep % 2 == 0
      for column in forward ? Array(layers.indices) : layers.indices.reversed() {
        let keys = layers[column].map { vertex in
          let near = forward ? left[vertex] : right[vertex]
          return near.isEmpty
            ? place[vertex] : near.reduce(0) { $0 + place[$1] } / Double(near.count)
        }
        let order = layers[column].indices.sorted {
          keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1]
        }
        layers[column] = order.map { layers[column][$0] }
        for (row, vertex) in layers[column].enumerated() { place[vertex] = Double(row) }
      }
    }
  }

  private mutating func place() {
    center = [Point](repeating: Point(x: 0, y: 0), count: layer.count)
    var x = Self.margin
    // The widest text on the arrows that leave each layer for their last stretch.
    var widestLabel = [Double](repeating: 0, count: layers.count)
    for (edge, route) in zip(drawing.edges, routes) {
      let column = layer[route[route.count - 2]]
      let width = metrics.width(of: edge.label ?? "", size: metrics.fontSize)
      widestLabel[column] = max(widestLabel[column], width)
    }
    for column in layers.indices {
      let widest = layers[column].map { size[$0].x }.max() ?? 0
      let gap = max(widestLabel[column] + 44, 64)
      var y = 0.0
      for vertex in layers[column] {
        center[vertex] = Point(x: x + widest / 2, y: y + size[vertex].y / 2)
        y += size[vertex].y + Self.rowGap
      }
      x += widest + (column == layers.count - 1 ? Self.margin : gap)
    }
    let (left, right) = neighbours()
    for sweep in 0..<24 {
      let forward = sweep % 2 == 0
      for column in forward ? Array(layers.indices) : layers.indices.reversed() {
        alignLayer(column, to: forward ? left : right)
      }
    }
    let titleHeight = drawing.title.isEmpty ? 0 : 30.0
    let top = center.indices.map { center[$0].y - size[$0].y / 2 }.min() ?? 0
    for vertex in center.indices { center[vertex].y += Self.margin + titleHeight - top }
    let titleWidth = metrics.width(of: drawing.title, size: metrics.titleSize)
    width = max(x, titleWidth + 2 * Self.margin, 2 * Self.margin)
    height =
      (center.indices.map { center[$0].y + size[$0].y / 2 }.max() ?? titleHeight + Self.margin)
      + Self.margin
  }

  /// Moves the vertices of a layer to the middle of their neighbours as far as they keep apart.
  private mutating func alignLayer(_ column: Int, to neighbours: [[Int]]) {
    let vertices = layers[column]
    guard !vertices.isEmpty else { return }
    var wanted = vertices.map { vertex in
      let near = neighbours[vertex]
      return near.isEmpty
        ? center[vertex].y : near.reduce(0) { $0 + center[$1].y } / Double(near.count)
    }
    func distance(_ upper: Int, _ lower: Int) -> Double {
      (size[vertices[upper]].y + size[vertices[lower]].y) / 2 + Self.rowGap
    }
    // Once downwards and once upwards, then the mean of both keeps the layer centred.
    var down = wanted
    for index in down.indices.dropFirst() {
      down[index] = max(down[index], down[index - 1] + distance(index - 1, index))
    }
    for index in wanted.indices.dropLast().reversed() {
      wanted[index] = min(wanted[index], wanted[index + 1] - distance(index, index + 1))
    }
    for (index, vertex) in vertices.enumerated() {
      center[vertex].y = (down[index] + wanted[index]) / 2
    }
  }

  // MARK: Drawing

  func draw(on canvas: inout some Canvas) {
    let ink = PlotColor(red: 51, green: 51, blue: 51)
    canvas.label(
      Label(
        text: drawing.title, at: Point(x: width / 2, y: Self.margin + 14),
        size: metrics.titleSize, anchor: .middle))
    for (edge, route) in zip(drawing.edges, routes) {
      var path: [Point] = []
      for (from, to) in zip(route, route.dropFirst()) {
        let start = Point(x: center[from].x + size[from].x / 2, y: center[from].y)
        let end = Point(x: center[to].x - size[to].x / 2, y: center[to].y)
        path += Self.curve(start, end)
      }
      guard let tip = path.last, path.count > 1 else { continue }
      canvas.polyline(
        Array(path.dropLast()) + [tip - Point(x: 6, y: 0)], Stroke(color: ink, width: 1.2))
      canvas.polygon([tip, tip + Point(x: -9, y: -4), tip + Point(x: -9, y: 4)], fill: ink)
      // Beside the last stretch, where edges into the same box are still apart.
      let last = path.suffix(Self.curveSteps + 1)
      let at = last[last.startIndex + Self.curveSteps * 3 / 10]
      let next = last[last.startIndex + Self.curveSteps * 5 / 10]
      // Below a line that falls the text would be crossed by it; it stands on the free side.
      let isRising = next.y < at.y - 1
      let isFalling = next.y > at.y + 1
      canvas.label(
        Label(
          text: edge.label ?? "",
          at: Point(
            x: (at.x + next.x) / 2 + (isRising || isFalling ? 6 : -4),
            y: (at.y + next.y) / 2 + (isFalling ? -4 : 17)),
          size: metrics.fontSize, anchor: isRising || isFalling ? .start : .middle,
          color: GraphDrawing.gradientColor))
    }
    for (index, node) in drawing.nodes.enumerated() {
      let middle = center[index]
      let half = max(metrics.width(of: node.title, size: metrics.fontSize) / 2 + 11, 18)
      let box = metrics.aligned(
        Rect(
          left: middle.x - half, top: middle.y - 15, right: middle.x + half, bottom: middle.y + 15))
      canvas.frame(
        box, Stroke(color: ink, width: 1.2), fill: PlotColor(red: 238, green: 243, blue: 250))
      canvas.label(
        Label(
          text: node.title, at: Point(x: middle.x, y: middle.y + 5), size: metrics.fontSize,
          anchor: .middle))
      canvas.label(
        Label(
          text: node.value ?? "", at: Point(x: middle.x, y: middle.y - 21),
          size: metrics.fontSize, anchor: .middle, color: .blue))
      canvas.label(
        Label(
          text: node.gradient ?? "", at: Point(x: middle.x, y: middle.y + 31),
          size: metrics.fontSize, anchor: .middle, color: GraphDrawing.gradientColor))
    }
  }

  private static let curveSteps = 20

  /// A cubic curve that leaves and arrives level.
  private static func curve(_ start: Point, _ end: Point) -> [Point] {
    let reach = Point(x: (end.x - start.x) / 2, y: 0)
    return (0...curveSteps).map { step in
      let t = Double(step) / Double(curveSteps)
      let u = 1 - t
      return start * (u * u * u) + (start + reach) * (3 * u * u * t)
        + (end - reach) * (3 * u * t * t) + end * (t * t * t)
    }
  }
}
