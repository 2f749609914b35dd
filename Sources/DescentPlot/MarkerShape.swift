extension Marker {
  /// The outline around a centre, for markers that are filled polygons.
  func polygon(at center: Point, size: Double) -> [Point]? {
    let half = size / 2
    func corners(_ offsets: [(Double, Double)]) -> [Point] {
      offsets.map { Point(x: center.x + $0.0 * half, y: center.y + $0.1 * half) }
    }
    /// Points on a circle, the first at the top; every second one closer if `inner` is below 1.
    func around(_ count: Int, inner: Double = 1) -> [Point] {
      (0..<count).map { index in
        let (sine, cosine) = sineAndCosine(2 * Double.pi * Double(index) / Double(count))
        let radius = index % 2 == 1 ? half * inner : half
        return Point(x: center.x + radius * sine, y: center.y - radius * cosine)
      }
    }
    switch self {
    case .circle, .point: return nil
    case .pixel: return corners([(-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1)])
    case .square: return corners([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .diamond: return corners([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case .thinDiamond: return corners([(0, -1.25), (0.75, 0), (0, 1.25), (-0.75, 0)])
    case .triangleUp: return corners([(0, -1), (1, 1), (-1, 1)])
    case .triangleDown: return corners([(0, 1), (-1, -1), (1, -1)])
    case .triangleLeft: return corners([(-1, 0), (1, -1), (1, 1)])
    case .triangleRight: return corners([(1, 0), (-1, 1), (-1, -1)])
    case .pentagon: return around(5)
    case .star: return around(10, inner: 0.42).map { $0 * 1.2 - center * 0.2 }
    case .plus, .cross: return nil
    }
  }

  /// The radius, for round markers.
  func radius(size: Double) -> Double? {
    switch self {
    case .circle: size / 2
    case .point: size / 4
    case .pixel, .square, .diamond, .thinDiamond, .triangleUp, .triangleDown, .triangleLeft,
      .triangleRight, .pentagon, .star, .plus, .cross:
      nil
    }
  }

  /// The two strokes of `+` and `x`.
  func strokes(at center: Point, size: Double) -> [[Point]] {
    let half = size / 2
    func line(_ x: Double, _ y: Double) -> [Point] {
      let arm = Point(x: x * half, y: y * half)
      return [center - arm, center + arm]
    }
    switch self {
    case .plus: return [line(1, 0), line(0, 1)]
    case .cross: return [line(0.9, 0.9), line(0.9, -0.9)]
    case .point, .pixel, .circle, .square, .diamond, .thinDiamond, .triangleUp, .triangleDown,
      .triangleLeft, .triangleRight, .pentagon, .star:
      return []
    }
  }

  /// The character that stands for the marker in a terminal.
  var character: Character {
    switch self {
    case .point, .pixel: "·"
    case .circle: "●"
    case .square: "■"
    case .diamond, .thinDiamond: "◆"
    case .triangleUp: "▲"
    case .triangleDown: "▼"
    case .triangleLeft: "◀"
    case .triangleRight: "▶"
    case .pentagon: "⬟"
    case .star: "★"
    case .plus: "+"
    case .cross: "×"
    }
  }
}
