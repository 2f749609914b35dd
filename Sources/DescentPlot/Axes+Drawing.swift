extension Axes {
  private static let ink = Stroke(color: .black, width: 1)
  private static let gridStroke = Stroke(
    color: PlotColor(red: 176, green: 176, blue: 176), width: 1)

  /// Lays the plot out inside `outer` and draws it.
  func draw(on canvas: inout some Canvas, in outer: Rect) {
    let metrics = canvas.metrics
    let area = plotArea(in: outer, metrics)
    let (xMap, yMap) = maps(for: area)
    let xTicks = ticks(xMap, length: area.width, isX: true, metrics)
    let yTicks = ticks(yMap, length: area.height, isX: false, metrics)

    canvas.frame(area, Self.ink, fill: .white)
    if grid, !metrics.isCharacterGrid {
      for mark in xTicks.major {
        guard let x = xMap(mark.value).map(metrics.snapped) else { continue }
        canvas.polyline([Point(x: x, y: area.top), Point(x: x, y: area.bottom)], Self.gridStroke)
      }
      for mark in yTicks.major {
        guard let y = yMap(mark.value).map(metrics.snapped) else { continue }
        canvas.polyline([Point(x: area.left, y: y), Point(x: area.right, y: y)], Self.gridStroke)
      }
    }
    canvas.clip(to: area)
    var drawn: [Point] = []
    for series in series { drawn += draw(series, on: &canvas, in: area, xMap, yMap) }
    canvas.clip(to: nil)
    canvas.frame(area, Self.ink, fill: nil)
    draw(xTicks, xMap, isX: true, on: &canvas, in: area)
    draw(yTicks, yMap, isX: false, on: &canvas, in: area)
    drawTexts(on: &canvas, in: area, outer: outer, yTicks: yTicks)
    if drawn.isEmpty {
      let text = series.isEmpty ? "nothing plotted" : "no finite points to draw"
      let center = Point(
        x: (area.left + area.right) / 2,
        y: (area.top + area.bottom + metrics.capHeight(metrics.fontSize)) / 2)
      canvas.label(
        Label(text: text, at: center, size: metrics.fontSize, anchor: .middle, color: .gray))
    }
    drawLegend(on: &canvas, in: area, avoiding: drawn)
  }

  // MARK: Layout

  private func maps(for area: Rect) -> (AxisMap, AxisMap) {
    (
      AxisMap(
        values: series.lazy.flatMap(\.x), limits: xLim, scale: xScale, start: area.left,
        end: area.right),
      AxisMap(
        values: series.lazy.flatMap(\.y), limits: yLim, scale: yScale, start: area.bottom,
        end: area.top)
    )
  }

  private func ticks(_ map: AxisMap, length: Double, isX: Bool, _ metrics: Metrics) -> Ticks {
    let spacing = isX ? metrics.tickSpacing.x : metrics.tickSpacing.y
    var most = min(max(Int(length / spacing), 1), 9)
    while true {
      let ticks = Ticks(map.low, map.high, scale: map.scale, most: most)
      guard isX, most > 1, ticks.major.count > 1 else { return ticks }
      // Labels side by side need room between them.
      let widest = ticks.major.map { Self.width($0, metrics) }.max() ?? 0
      let gap = length / Double(ticks.major.count)
      if widest + metrics.fontSize * 0.5 <= gap { return ticks }
      most -= 1
    }
  }

  private static func width(_ mark: Ticks.Mark, _ metrics: Metrics) -> Double {
    metrics.width(of: mark.text, superscript: mark.superscript, size: metrics.fontSize)
  }

  /// The frame of the plot: what is left of `outer` beside the texts.
  private func plotArea(in outer: Rect, _ metrics: Metrics) -> Rect {
    let line = metrics.capHeight(metrics.fontSize) + metrics.descent(metrics.fontSize)
    let frame = metrics.isCharacterGrid ? (x: 2.0, y: 4.0) : (x: 0, y: 0)
    let isLabelOnTop = metrics.isCharacterGrid && !yLabel.isEmpty
    var area = outer.insetBy(metrics.padding)
    area.top += frame.y + (isLabelOnTop ? metrics.lineHeight : 0)
    if !title.isEmpty {
      area.top += metrics.capHeight(metrics.titleSize) + metrics.padding * 0.9
    } else if !metrics.isCharacterGrid {
      area.top += line / 2
    }
    area.bottom -= frame.y + metrics.tickLength + metrics.tickPadding + line
    if metrics.isCharacterGrid { area.bottom += metrics.tickPadding }
    if !xLabel.isEmpty { area.bottom -= line + metrics.padding * 0.6 }
    area.right -= frame.x
    // The labels of the y axis decide the left edge, the height decides the labels.
    let (_, yMap) = maps(for: area)
    let yTicks = ticks(yMap, length: area.height, isX: false, metrics)
    area.left += frame.x + metrics.tickLength + metrics.tickPadding
    area.left += yTicks.major.map { Self.width($0, metrics) }.max() ?? 0
    if !yLabel.isEmpty && !metrics.isCharacterGrid { area.left += line + metrics.padding * 0.6 }
    // Half of the last label of the x axis stands to the right of the frame.
    let (xMap, _) = maps(for: area)
    let xTicks = ticks(xMap, length: area.width, isX: true, metrics)
    if let last = xTicks.major.last, let x = xMap(last.value) {
      area.right -= max(0, x + Self.width(last, metrics) / 2 - outer.right + metrics.padding / 2)
    }
    return metrics.aligned(area)
  }

  // MARK: Parts

  /// Draws one series and returns where its points lie.
  private func draw(
    _ series: Series, on canvas: inout some Canvas, in area: Rect, _ xMap: AxisMap, _ yMap: AxisMap
  ) -> [Point] {
    // A line that leaves the frame goes on a little, so that its end is not seen.
    let room = area.insetBy(-4 * series.width - 4)
    var runs: [[Point]] = [[]]
    for (x, y) in zip(series.x, series.y) {
      if x.isFinite, y.isFinite, let x = xMap(x), let y = yMap(y) {
        runs[runs.count - 1].append(Point(x: x, y: y))
      } else if runs.last?.isEmpty == false {
        runs.append([])
      }
    }
    if series.style != .none {
      let stroke = Stroke(color: series.color, width: series.width, dashes: series.style.pattern)
      for run in runs {
        for piece in LineClipping.pieces(of: LineClipping.thinned(run), in: room) {
          canvas.polyline(piece, stroke)
        }
      }
    }
    let points = runs.joined().filter { room.contains($0) }
    if let marker = series.marker {
      canvas.marker(marker, at: points, size: series.markerSize, color: series.color)
    }
    // For the legend: points along the lines, too.
    var samples = Array(points)
    if series.style != .none {
      for run in runs where run.count < 500 {
        for piece in LineClipping.pieces(of: run, in: area) {
          for index in piece.indices.dropFirst() {
            let change = piece[index] - piece[index - 1]
            let steps = min(Int(change.length / 6), 200)
            for step in 0..<max(steps, 1) {
              samples.append(piece[index - 1] + change * (Double(step) / Double(max(steps, 1))))
            }
          }
        }
      }
    }
    return samples
  }

  private func draw(
    _ ticks: Ticks, _ map: AxisMap, isX: Bool, on canvas: inout some Canvas, in area: Rect
  ) {
    let metrics = canvas.metrics
    // On a character grid the far edges belong to the frame.
    let dot = metrics.isCharacterGrid ? 1.0 : 0
    func place(_ value: Double) -> Point? {
      guard let coordinate = map(value) else { return nil }
      let snapped = metrics.snapped(coordinate)
      return isX
        ? Point(x: min(max(snapped, area.left), area.right - dot), y: area.bottom)
        : Point(x: area.left, y: min(max(snapped, area.top), area.bottom - dot))
    }
    if !metrics.isCharacterGrid {
      for value in ticks.minor {
        guard let at = place(value) else { continue }
        canvas.tick(at: at, isX: isX, length: metrics.tickLength * 0.6, Self.ink)
      }
    }
    let distance = metrics.tickLength + metrics.tickPadding
    for mark in ticks.major {
      guard let at = place(mark.value) else { continue }
      canvas.tick(at: at, isX: isX, length: metrics.tickLength, Self.ink)
      let cap = metrics.capHeight(metrics.fontSize)
      let frame = metrics.isCharacterGrid ? 2.0 : 0
      let position =
        isX
        ? Point(x: at.x, y: at.y + distance + cap + frame)
        : Point(
          x: at.x - distance - frame, y: at.y + (metrics.isCharacterGrid ? 2 : cap / 2))
      canvas.label(
        Label(
          text: mark.text, superscript: mark.superscript, at: position, size: metrics.fontSize,
          anchor: isX ? .middle : .end))
    }
  }

  private func drawTexts(
    on canvas: inout some Canvas, in area: Rect, outer: Rect, yTicks: Ticks
  ) {
    let metrics = canvas.metrics
    let middle = Point(x: (area.left + area.right) / 2, y: (area.top + area.bottom) / 2)
    let isGrid = metrics.isCharacterGrid
    let labelLine = isGrid && !yLabel.isEmpty ? metrics.lineHeight : 0
    canvas.label(
      Label(
        text: title,
        at: Point(x: middle.x, y: area.top - (isGrid ? 4 + labelLine : metrics.padding * 0.9)),
        size: metrics.titleSize, anchor: .middle))
    canvas.label(
      Label(
        text: xLabel,
        at: Point(
          x: middle.x,
          y: outer.bottom - metrics.padding - (isGrid ? 0 : metrics.descent(metrics.fontSize))),
        size: metrics.fontSize, anchor: .middle))
    if isGrid {
      canvas.label(
        Label(
          text: yLabel, at: Point(x: outer.left, y: area.top - 4), size: metrics.fontSize))
    } else {
      let x = outer.left + metrics.padding + metrics.capHeight(metrics.fontSize)
      canvas.label(
        Label(
          text: yLabel, at: Point(x: x, y: middle.y), size: metrics.fontSize, anchor: .middle,
          isVertical: true))
    }
  }

  private func drawLegend(
    on canvas: inout some Canvas, in area: Rect, avoiding points: [Point]
  ) {
    let entries = series.filter { $0.label != nil }
    guard let location = legendLocation, !entries.isEmpty else { return }
    let metrics = canvas.metrics
    let textGap = metrics.isCharacterGrid ? 2.0 : 9
    let textWidth =
      entries.map { metrics.width(of: $0.label ?? "", size: metrics.fontSize) }.max() ?? 0
    let width = metrics.legendSample + textGap + textWidth + 2 * metrics.legendPadding
    let height = metrics.lineHeight * Double(entries.count) + 2 * (metrics.legendPadding - 1)
    let box = legendBox(
      location, width: width, height: metrics.isCharacterGrid ? height + 2 : height, in: area,
      metrics, avoiding: points)
    canvas.frame(
      box, Stroke(color: PlotColor(red: 204, green: 204, blue: 204), width: 1),
      fill: .white.withOpacity(0.8))
    for (index, entry) in entries.enumerated() {
      let middle =
        box.top + metrics.legendPadding - 1 + metrics.lineHeight * (Double(index) + 0.5)
        + (metrics.isCharacterGrid ? 1 : 0)
      let left = box.left + metrics.legendPadding
      let right = left + metrics.legendSample
      if entry.style != .none {
        canvas.polyline(
          [Point(x: left, y: middle), Point(x: right - 0.5, y: middle)],
          Stroke(color: entry.color, width: entry.width, dashes: entry.style.pattern))
      }
      if let marker = entry.marker {
        canvas.marker(
          marker, at: [Point(x: (left + right) / 2, y: middle)], size: entry.markerSize,
          color: entry.color)
      }
      let baseline =
        metrics.isCharacterGrid ? middle : middle + metrics.capHeight(metrics.fontSize) / 2
      canvas.label(
        Label(
          text: entry.label ?? "", at: Point(x: right + textGap, y: baseline + 0.5),
          size: metrics.fontSize))
    }
  }

  /// The place of the legend; for `.best` the corner with the fewest points in it.
  private func legendBox(
    _ location: LegendLocation, width: Double, height: Double, in area: Rect, _ metrics: Metrics,
    avoiding points: [Point]
  ) -> Rect {
    func box(_ location: LegendLocation) -> Rect {
      let (dx, dy) = metrics.legendInset
      let isLeft = location == .upperLeft || location == .lowerLeft
      let isLower = location == .lowerLeft || location == .lowerRight
      let left = isLeft ? area.left + dx : area.right - dx - width
      let top = isLower ? area.bottom - dy - height : area.top + dy
      let rect = Rect(left: left, top: top, right: left + width, bottom: top + height)
      guard metrics.isCharacterGrid else { return metrics.aligned(rect) }
      let (column, row) = ((rect.left / 2).rounded() * 2, (rect.top / 4).rounded(.down) * 4)
      let rows = (height / 4).rounded(.down) * 4
      return Rect(left: column, top: row, right: column + width, bottom: row + rows)
    }
    guard location == .best else { return box(location) }
    let corners: [LegendLocation] = [.upperRight, .upperLeft, .lowerLeft, .lowerRight]
    let counts = corners.map { corner in
      let rect = box(corner)
      return points.count { rect.contains($0) }
    }
    let best = counts.indices.min { counts[$0] < counts[$1] } ?? 0
    return box(corners[best])
  }
}
