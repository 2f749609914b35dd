/// Pixels and the one operation that paints them: filling polygons with smooth edges.
///
/// Shapes are filled by scan lines, 16 to a pixel, each with exact horizontal coverage; the
/// winding number decides what is inside, so overlapping parts of a stroke count once.
struct Raster {
  let width: Int
  let height: Int
  /// Red, green, blue of each pixel, row by row.
  private(set) var pixels: [UInt8]
  /// Pixels outside are left alone.
  var clip: Rect

  private static let subLines = 16

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 255, count: width * height * 3)
    clip = Rect(left: 0, top: 0, right: Double(width), bottom: Double(height))
  }

  private struct Edge {
    /// The first and the last sub-line that the edge crosses.
    var first: Int
    var last: Int
    /// x at the first sub-line and its growth a sub-line.
    var x: Double
    var slope: Double
    var winding: Int
  }

  /// Fills all polygons as one shape; those of one call must turn the same way where they overlap.
  mutating func fill(_ polygons: [[Point]], _ color: PlotColor) {
    let lines = Double(Self.subLines)
    let top = max(Int(clip.top.rounded()), 0) * Self.subLines
    let bottom = min(Int(clip.bottom.rounded()), height) * Self.subLines
    let left = max(clip.left.rounded(), 0)
    let right = min(clip.right.rounded(), Double(width))
    guard top < bottom, left < right else { return }
    var edges: [Edge] = []
    for polygon in polygons where polygon.count > 2 {
      var previous = polygon[polygon.count - 1]
      for point in polygon {
        let (from, to) = (previous, point)
        previous = point
        let (upper, lower) = from.y < to.y ? (from, to) : (to, from)
        // Sub-line k lies at height (k + 0.5) / 16.
        let firstReal = (upper.y * lines - 0.5).rounded(.up)
        let lastReal = (lower.y * lines - 0.5).rounded(.up) - 1
        guard firstReal <= lastReal, lastReal >= Double(top), firstReal < Double(bottom) else {
          continue
        }
        let first = Int(max(firstReal, Double(top)))
        let last = Int(min(lastReal, Double(bottom - 1)))
        guard first <= last else { continue }
        let slope = (lower.x - upper.x) / (lower.y - upper.y)
        let x = upper.x + ((Double(first) + 0.5) / lines - upper.y) * slope
        edges.append(
          Edge(
            first: first, last: last, x: x, slope: slope / lines, winding: from.y < to.y ? 1 : -1))
      }
    }
    guard !edges.isEmpty else { return }
    edges.sort { $0.first < $1.first }
    paint(edges, left: left, right: right, color)
  }

  private mutating func paint(_ edges: [Edge], left: Double, right: Double, _ color: PlotColor) {
    var cover = [Double](repeating: 0, count: width + 2)
    var active: [Edge] = []
    var next = 0
    var line = edges[0].first
    while next < edges.count || !active.isEmpty {
      if active.isEmpty, next < edges.count { line = max(line, edges[next].first) }
      let row = line / Self.subLines
      let rowEnd = (row + 1) * Self.subLines
      var (first, last) = (width, 0)
      while line < rowEnd {
        while next < edges.count, edges[next].first <= line {
          active.append(edges[next])
          next += 1
        }
        Self.sortByX(&active)
        var winding = 0
        var start = 0.0
        for edge in active {
          if winding == 0 { start = edge.x }
          winding += edge.winding
          guard winding == 0 else { continue }
          let from = min(max(start, left), right)
          let to = min(max(edge.x, left), right)
          guard to > from else { continue }
          first = min(first, Int(from))
          last = max(last, Int(to))
          Self.add(1, from: from, to: &cover)
          Self.add(-1, from: to, to: &cover)
        }
        for index in active.indices { active[index].x += active[index].slope }
        active.removeAll { $0.last <= line }
        line += 1
        if active.isEmpty && (next == edges.count || edges[next].first >= rowEnd) { break }
      }
      if first <= last { blend(row: row, from: first, to: last, &cover, color) }
      line = min(line, rowEnd)
      if line < rowEnd { line = rowEnd }
    }
  }

  /// Insertion sort: from one sub-line to the next hardly any edges change places.
  private static func sortByX(_ edges: inout [Edge]) {
    edges.withUnsafeMutableBufferPointer { edges in
      for index in edges.indices.dropFirst() where edges[index].x < edges[index - 1].x {
        let edge = edges[index]
        var place = index
        while place > 0, edges[place - 1].x > edge.x {
          edges[place] = edges[place - 1]
          place -= 1
        }
        edges[place] = edge
      }
    }
  }

  /// Begins coverage at x: all pixels to the right of it get the whole amount.
  private static func add(_ amount: Double, from x: Double, to cover: inout [Double]) {
    let pixel = Int(x)
    let fraction = x - Double(pixel)
    cover[pixel] += amount * (1 - fraction)
    cover[pixel + 1] += amount * fraction
  }

  private mutating func blend(
    row: Int, from first: Int, to last: Int, _ cover: inout [Double], _ color: PlotColor
  ) {
    let components = [Double(color.red), Double(color.green), Double(color.blue)]
    var sum = 0.0
    for column in first...min(last + 1, width + 1) {
      sum += cover[column]
      cover[column] = 0
      guard column < width, sum > 0.001 else { continue }
      let alpha = min(sum / Double(Self.subLines), 1) * color.opacity
      let index = (row * width + column) * 3
      for component in 0..<3 {
        let old = Double(pixels[index + component])
        pixels[index + component] = UInt8(
          min(max((old + (components[component] - old) * alpha).rounded(), 0), 255))
      }
    }
  }
}
