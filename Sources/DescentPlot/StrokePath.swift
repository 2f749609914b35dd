/// The outlines of strokes: a line of some width as polygons that all turn the same way.
enum StrokePath {
  enum Cap { case butt, square, round }

  static func outline(_ points: [Point], width: Double, cap: Cap) -> [[Point]] {
    let half = width / 2
    let path = simplified(points, tolerance: min(0.15, half / 4))
    guard path.count > 1 else {
      return path.first.map { cap == .butt ? [] : [disc(at: $0, radius: half)] } ?? []
    }
    var polygons: [[Point]] = []
    var incoming: Point?
    for index in 1..<path.count {
      var (from, to) = (path[index - 1], path[index])
      let direction = (to - from) * (1 / (to - from).length)
      if let incoming {
        let cosine = incoming.x * direction.x + incoming.y * direction.y
        // Between nearly straight segments the gap is too thin to be seen.
        if cosine < 0.995 { polygons.append(disc(at: from, radius: half)) }
      }
      incoming = direction
      if cap == .square {
        if index == 1 { from = from - direction * half }
        if index == path.count - 1 { to = to + direction * half }
      }
      let normal = Point(x: -direction.y * half, y: direction.x * half)
      polygons.append([from + normal, from - normal, to - normal, to + normal])
    }
    if cap == .round, let first = path.first, let last = path.last {
      polygons.append(disc(at: first, radius: half))
      polygons.append(disc(at: last, radius: half))
    }
    return polygons
  }

  /// Leaves out points that are closer to the one before than the eye can tell.
  private static func simplified(_ points: [Point], tolerance: Double) -> [Point] {
    var kept: [Point] = []
    for (index, point) in points.enumerated() {
      guard let last = kept.last else {
        kept.append(point)
        continue
      }
      let distance = (point - last).length
      if distance > tolerance {
        kept.append(point)
      } else if index == points.count - 1 && distance > 1e-9 {
        kept.append(point)
      }
    }
    return kept
  }

  /// A circle as a polygon, fine enough for its radius, turning as the quads of segments do.
  static func disc(at center: Point, radius: Double) -> [Point] {
    let count = max(8, Int((radius.squareRoot() * 10).rounded(.up)))
    return (0..<count).map { index in
      let angle = 2 * Double.pi * Double(index) / Double(count)
      let (sine, cosine) = sineAndCosine(angle)
      return Point(x: center.x + radius * cosine, y: center.y + radius * sine)
    }
  }

  /// Cuts a line into the strokes of a dash pattern.
  static func dashed(_ points: [Point], _ pattern: [Double]) -> [[Point]] {
    guard !pattern.isEmpty, pattern.allSatisfy({ $0 > 0 }), points.count > 1 else {
      return [points]
    }
    var pieces: [[Point]] = []
    var current = [points[0]]
    var part = 0
    var left = pattern[0]
    for index in 1..<points.count {
      var from = points[index - 1]
      let to = points[index]
      while true {
        let distance = (to - from).length
        if distance <= left {
          left -= distance
          current.append(to)
          break
        }
        let cut = from + (to - from) * (left / distance)
        current.append(cut)
        if part % 2 == 0 { pieces.append(current) }
        part = (part + 1) % pattern.count
        left = pattern[part]
        current = [cut]
        from = cut
      }
    }
    if part % 2 == 0, current.count > 1 { pieces.append(current) }
    return pieces
  }
}
