/// A canvas of pixels.
struct RasterCanvas: Canvas {
  let metrics = Metrics.pixels
  private let scale: Double
  private(set) var raster: Raster

  init(width: Int, height: Int, scale: Double) {
    self.scale = scale
    raster = Raster(width: width, height: height)
  }

  mutating func clip(to rect: Rect?) {
    raster.clip =
      rect.map {
        Rect(
          left: $0.left * scale, top: $0.top * scale, right: $0.right * scale,
          bottom: $0.bottom * scale)
      } ?? Rect(left: 0, top: 0, right: Double(raster.width), bottom: Double(raster.height))
  }

  mutating func polyline(_ points: [Point], _ stroke: Stroke) {
    let path = points.map { $0 * scale }
    let width = stroke.width * scale
    if stroke.dashes.isEmpty {
      raster.fill(StrokePath.outline(path, width: width, cap: .square), stroke.color)
    } else {
      let pieces = StrokePath.dashed(path, stroke.dashes.map { $0 * width })
      raster.fill(
        pieces.flatMap { StrokePath.outline($0, width: width, cap: .butt) }, stroke.color)
    }
  }

  mutating func tick(at point: Point, isX: Bool, length: Double, _ stroke: Stroke) {
    let end = point + (isX ? Point(x: 0, y: length) : Point(x: -length, y: 0))
    raster.fill(
      StrokePath.outline([point * scale, end * scale], width: stroke.width * scale, cap: .butt),
      stroke.color)
  }

  mutating func polygon(_ points: [Point], fill: PlotColor) {
    raster.fill([points.map { $0 * scale }], fill)
  }

  mutating func marker(_ marker: Marker, at points: [Point], size: Double, color: PlotColor) {
    for point in points {
      let center = point * scale
      if let radius = marker.radius(size: size * scale) {
        raster.fill([StrokePath.disc(at: center, radius: radius)], color)
      } else if let outline = marker.polygon(at: center, size: size * scale) {
        raster.fill([outline], color)
      } else {
        let strokes = marker.strokes(at: center, size: size * scale)
        raster.fill(
          strokes.flatMap { StrokePath.outline($0, width: 1.5 * scale, cap: .butt) }, color)
      }
    }
  }

  mutating func label(_ label: Label) {
    let width = metrics.width(of: label.text, superscript: label.superscript, size: label.size)
    var offset =
      switch label.anchor {
      case .start: 0.0
      case .middle: -width / 2
      case .end: -width
      }
    // Whole pixels keep the stems sharp.
    offset = offset.rounded()
    let origin =
      label.isVertical
      ? Point(x: label.at.x.rounded(), y: label.at.y - offset)
      : Point(x: (label.at.x + offset).rounded(), y: label.at.y.rounded())
    let textWidth = draw(label.text, label, origin: origin, along: 0, rise: 0, size: label.size)
    if !label.superscript.isEmpty {
      _ = draw(
        label.superscript, label, origin: origin, along: textWidth,
        rise: label.size * Metrics.superscriptRise, size: label.size * Metrics.superscriptScale)
    }
  }

  /// Draws glyphs from `along` on the baseline and returns their width.
  private mutating func draw(
    _ text: String, _ label: Label, origin: Point, along: Double, rise: Double, size: Double
  ) -> Double {
    let unit = size / StrokeFont.unitsPerEm
    let width = max(size * StrokeFont.strokeWidth, 0.9) * scale
    var pen = along
    var outlines: [[Point]] = []
    for scalar in text.unicodeScalars {
      let glyph = StrokeFont.glyph(scalar)
      for stroke in glyph.strokes {
        let path = stroke.map { point in
          let (x, y) = (pen + point.x * unit, rise + point.y * unit)
          return label.isVertical
            ? Point(x: origin.x - y, y: origin.y - x) * scale
            : Point(x: origin.x + x, y: origin.y - y) * scale
        }
        outlines += StrokePath.outline(path, width: width, cap: .round)
      }
      pen += glyph.advance * unit
    }
    raster.fill(outlines, label.color)
    return pen - along
  }
}
