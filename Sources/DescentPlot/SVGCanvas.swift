/// A canvas that writes SVG 1.1.
struct SVGCanvas: Canvas {
  let metrics = Metrics.pixels
  private let width: Double
  private let height: Double
  private var body = ""
  private var clips = 0
  private var isClipped = false

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The whole document.
  var text: String {
    let size = "\(compact(width))\" height=\"\(compact(height))"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(size)" \
      viewBox="0 0 \(compact(width)) \(compact(height))" \
      font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif">
      <rect width="100%" height="100%" fill="#ffffff"/>
      \(body)\(isClipped ? "</g>\n" : "")</svg>

      """
  }

  mutating func clip(to rect: Rect?) {
    if isClipped { body += "</g>\n" }
    isClipped = rect != nil
    guard let rect else { return }
    clips += 1
    body += """
      <clipPath id="clip\(clips)"><rect x="\(compact(rect.left))" y="\(compact(rect.top))" \
      width="\(compact(rect.width))" height="\(compact(rect.height))"/></clipPath>
      <g clip-path="url(#clip\(clips))">

      """
  }

  mutating func polyline(_ points: [Point], _ stroke: Stroke) {
    var dashes = ""
    if !stroke.dashes.isEmpty {
      let lengths = stroke.dashes.map { compact($0 * stroke.width) }.joined(separator: ",")
      dashes = " stroke-dasharray=\"\(lengths)\""
    }
    let cap = stroke.dashes.isEmpty ? " stroke-linecap=\"square\"" : ""
    body += """
      <polyline points="\(list(points))" fill="none" stroke="\(stroke.color.hexadecimal)"\
      \(opacity(stroke.color, "stroke-opacity")) stroke-width="\(compact(stroke.width))"\
      \(dashes)\(cap) stroke-linejoin="round"/>

      """
  }

  mutating func tick(at point: Point, isX: Bool, length: Double, _ stroke: Stroke) {
    let end = point + (isX ? Point(x: 0, y: length) : Point(x: -length, y: 0))
    body += """
      <line x1="\(compact(point.x))" y1="\(compact(point.y))" x2="\(compact(end.x))" \
      y2="\(compact(end.y))" stroke="\(stroke.color.hexadecimal)" \
      stroke-width="\(compact(stroke.width))"/>

      """
  }

  mutating func polygon(_ points: [Point], fill: PlotColor) {
    body += """
      <polygon points="\(list(points))" fill="\(fill.hexadecimal)"\
      \(opacity(fill, "fill-opacity"))/>

      """
  }

  mutating func marker(_ marker: Marker, at points: [Point], size: Double, color: PlotColor) {
    for point in points {
      if let radius = marker.radius(size: size) {
        body += """
          <circle cx="\(compact(point.x))" cy="\(compact(point.y))" r="\(compact(radius))" \
          fill="\(color.hexadecimal)"\(opacity(color, "fill-opacity"))/>

          """
      } else if let outline = marker.polygon(at: point, size: size) {
        polygon(outline, fill: color)
      } else {
        for line in marker.strokes(at: point, size: size) {
          polyline(line, Stroke(color: color, width: 1.5))
        }
      }
    }
  }

  mutating func label(_ label: Label) {
    let anchor =
      switch label.anchor {
      case .start: "start"
      case .middle: "middle"
      case .end: "end"
      }
    let (x, y) = (compact(label.at.x), compact(label.at.y))
    let turn = label.isVertical ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
    var content = escaped(label.text)
    if !label.superscript.isEmpty {
      let rise = compact(label.size * Metrics.superscriptRise)
      let size = compact(label.size * Metrics.superscriptScale)
      content +=
        "<tspan dy=\"-\(rise)\" font-size=\"\(size)\">\(escaped(label.superscript))</tspan>"
    }
    body += """
      <text x="\(x)" y="\(y)" font-size="\(compact(label.size))" text-anchor="\(anchor)" \
      fill="\(label.color.hexadecimal)"\(turn)>\(content)</text>

      """
  }

  private func list(_ points: [Point]) -> String {
    points.map { "\(compact($0.x)),\(compact($0.y))" }.joined(separator: " ")
  }

  private func opacity(_ color: PlotColor, _ attribute: String) -> String {
    color.opacity < 1 ? " \(attribute)=\"\(compact(color.opacity))\"" : ""
  }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML 1.0 has no way to write control characters.
      case let control where control.unicodeScalars.allSatisfy({ $0.value < 32 }): result += " "
      default: result.append(character)
      }
    }
  }
}
