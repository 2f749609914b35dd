/// The way from a value of the data to a coordinate of the canvas, along one axis.
struct AxisMap {
  let scale: AxisScale
  /// The ends of the axis in the data and on the canvas.
  let low: Double
  let high: Double
  private let start: Double
  private let end: Double

  /// Chooses the ends from the data: a given range, or the data's with 5 % on either side.
  ///
  /// - Parameters:
  ///   - values: those that are finite (and positive on a logarithmic axis) count.
  ///   - start, end: where `low` and `high` lie on the canvas.
  init(
    values: some Sequence<Double>, limits: ClosedRange<Double>?, scale: AxisScale, start: Double,
    end: Double
  ) {
    self.scale = scale
    self.start = start
    self.end = end
    if let limits {
      guard limits.lowerBound.isFinite, limits.upperBound.isFinite,
        limits.lowerBound < limits.upperBound, scale == .linear || limits.lowerBound > 0
      else {
        plotMisuse(
          "xLim, yLim: an axis cannot have this range. Got \(limits) on a \(scale) axis. Try two "
            + "different finite numbers, both positive on a log axis.")
      }
      (low, high) = (limits.lowerBound, limits.upperBound)
      return
    }
    var smallest = Double.infinity
    var largest = -Double.infinity
    for value in values where value.isFinite && (scale == .linear || value > 0) {
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
    switch scale {
    case .linear:
      guard smallest <= largest else {
        (low, high) = (0, 1)
        return
      }
      // matplotlib widens a single value by 5 % of itself. Halves keep huge spans finite.
      let half = largest / 2 - smallest / 2
      let tiny = max(smallest.magnitude, largest.magnitude) * 1e-12
      let margin = half > tiny ? half * 0.1 : max(largest.magnitude * 0.05, 0.05)
      (low, high) = (
        max(smallest - margin, -Double.greatestFiniteMagnitude / 4),
        min(largest + margin, Double.greatestFiniteMagnitude / 4)
      )
    case .log:
      guard smallest <= largest else {
        (low, high) = (1, 10)
        return
      }
      let (first, last) = (log10Of(smallest), log10Of(largest))
      let margin = last > first ? (last - first) * 0.05 : 0.5
      (low, high) = (
        max(powerOf10Of(first - margin), .leastNormalMagnitude),
        min(powerOf10Of(last + margin), Double.greatestFiniteMagnitude / 4)
      )
    }
  }

  /// The coordinate of a value; nil where it has none.
  func callAsFunction(_ value: Double) -> Double? {
    let fraction: Double
    switch scale {
    case .linear: fraction = (value - low) / (high - low)
    case .log:
      guard value > 0 else { return nil }
      fraction = (log10Of(value) - log10Of(low)) / (log10Of(high) - log10Of(low))
    }
    let coordinate = start + fraction * (end - start)
    return coordinate.isFinite ? coordinate : nil
  }
}

/// Lines cut to a rectangle, so that far-away points cost nothing and overflow nowhere.
enum LineClipping {
  /// The pieces of a line inside the rectangle.
  ///
  /// - Source: Liang and Barsky, A new concept and method for line clipping, 1984.
  static func pieces(of points: [Point], in rect: Rect) -> [[Point]] {
    var pieces: [[Point]] = []
    var current: [Point] = []
    for index in points.indices.dropFirst() {
      let (from, to) = (points[index - 1], points[index])
      guard let (first, last) = inside(from, to, rect) else {
        if current.count > 1 { pieces.append(current) }
        current = []
        continue
      }
      if current.last != first {
        if current.count > 1 { pieces.append(current) }
        current = [first]
      }
      current.append(last)
      if last != to {
        pieces.append(current)
        current = []
      }
    }
    if current.count > 1 { pieces.append(current) }
    return pieces
  }

  /// The line without the points that cannot be seen: of neighbours in the same column of pixels only the
  /// first, the lowest, the highest and the last stay.
  ///
  /// - Source: Jugel and others, M4: a visualization-oriented time series data aggregation, 2014.
  static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > 2000 else { return points }
    var kept: [Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      var end = start + 1
      var (lowest, highest) = (start, start)
      while end < points.count, points[end].x.rounded(.down) == column {
        if points[end].y < points[lowest].y { lowest = end }
        if points[end].y > points[highest].y { highest = end }
        end += 1
      }
      var last = -1
      for index in [start, min(lowest, highest), max(lowest, highest), end - 1] where index > last {
        kept.append(points[index])
        last = index
      }
      start = end
    }
    return kept
  }

  private static func inside(_ from: Point, _ to: Point, _ rect: Rect) -> (Point, Point)? {
    if rect.contains(from) && rect.contains(to) { return (from, to) }
    let change = to - from
    var (enter, leave) = (0.0, 1.0)
    for (speed, room) in [
      (-change.x, from.x - rect.left), (change.x, rect.right - from.x),
      (-change.y, from.y - rect.top), (change.y, rect.bottom - from.y),
    ] {
      if speed == 0 {
        if room < 0 { return nil }
      } else if speed < 0 {
        enter = max(enter, room / speed)
      } else {
        leave = min(leave, room / speed)
      }
    }
    guard enter <= leave else { return nil }
    return (
      enter > 0 ? from + change * enter : from, leave < 1 ? from + change * leave : to
    )
  }
}
