/// A place on a canvas: x to the right, y downwards.
struct Point: Equatable {
  var x: Double
  var y: Double

  static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
  static func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
  static func * (a: Point, factor: Double) -> Point { Point(x: a.x * factor, y: a.y * factor) }
  var length: Double { (x * x + y * y).squareRoot() }
}

/// An upright rectangle of a canvas.
struct Rect: Equatable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }
  var corners: [Point] {
    [
      Point(x: left, y: top), Point(x: right, y: top), Point(x: right, y: bottom),
      Point(x: left, y: bottom),
    ]
  }

  func contains(_ point: Point) -> Bool {
    point.x >= left && point.x <= right && point.y >= top && point.y <= bottom
  }

  func insetBy(_ amount: Double) -> Rect {
    Rect(left: left + amount, top: top + amount, right: right - amount, bottom: bottom - amount)
  }
}

/// The pen of a line.
struct Stroke: Equatable {
  var color: PlotColor
  var width: Double
  /// Lengths of strokes and gaps in turn; empty for a solid line.
  var dashes: [Double] = []
}

/// A piece of text: where, how large, and which of its points stands at `at`.
struct Label {
  enum Anchor { case start, middle, end }

  var text: String
  /// Drawn smaller and raised after `text`: the exponent of a power of ten.
  var superscript = ""
  /// The anchor on the baseline.
  var at: Point
  var size: Double
  var anchor = Anchor.start
  var color = PlotColor.black
  /// Turned a quarter anticlockwise, to be read from below.
  var isVertical = false
}

/// Something a figure can be drawn on: an SVG text, pixels, or the characters of a terminal.
///
/// Layout happens once, in `Axes` and `GraphDrawing`, in the units of the canvas; the canvas tells through
/// `metrics` how large its text and ornaments are.
protocol Canvas {
  var metrics: Metrics { get }
  /// Limits what follows to a rectangle, or to nothing with nil.
  mutating func clip(to rect: Rect?)
  mutating func polyline(_ points: [Point], _ stroke: Stroke)
  mutating func polygon(_ points: [Point], fill: PlotColor)
  mutating func marker(_ marker: Marker, at points: [Point], size: Double, color: PlotColor)
  mutating func label(_ label: Label)
  /// Draws the frame of a plot or of a box, filled first if `fill` is given.
  mutating func frame(_ rect: Rect, _ stroke: Stroke, fill: PlotColor?)
  /// Draws the mark of an axis at `point` on the frame, outwards: down on the x axis, left on y.
  mutating func tick(at point: Point, isX: Bool, length: Double, _ stroke: Stroke)
}

extension Canvas {
  mutating func tick(at point: Point, isX: Bool, length: Double, _ stroke: Stroke) {
    let end = point + (isX ? Point(x: 0, y: length) : Point(x: -length, y: 0))
    polyline([point, end], stroke)
  }

  mutating func frame(_ rect: Rect, _ stroke: Stroke, fill: PlotColor?) {
    if let fill { polygon(rect.corners, fill: fill) }
    polyline(rect.corners + rect.corners.prefix(2), stroke)
  }
}
