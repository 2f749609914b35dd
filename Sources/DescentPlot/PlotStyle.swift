/// How the points of a series are joined.
public enum LineStyle: Sendable, Hashable, CaseIterable {
  /// A solid line, `-`.
  case line
  /// Dashes, `--`.
  case dashed
  /// Dots, `:`.
  case dots
  /// Dashes and dots in turn, `-.`.
  case dashDot
  /// No line: markers only.
  case none

  /// The lengths of strokes and gaps in line widths (matplotlib's); empty for a solid line.
  var pattern: [Double] {
    switch self {
    case .line, .none: []
    case .dashed: [3.7, 1.6]
    case .dots: [1, 1.65]
    case .dashDot: [6.4, 1.6, 1, 1.6]
    }
  }
}

/// The mark drawn at each point of a series, with matplotlib's letter as raw value.
public enum Marker: Character, Sendable, Hashable, CaseIterable {
  /// A dot of half the size.
  case point = "."
  /// A speck.
  case pixel = ","
  /// A disc.
  case circle = "o"
  /// A square.
  case square = "s"
  /// A square on its corner.
  case diamond = "D"
  /// A narrow diamond.
  case thinDiamond = "d"
  /// A triangle that points up.
  case triangleUp = "^"
  /// A triangle that points down.
  case triangleDown = "v"
  /// A triangle that points left.
  case triangleLeft = "<"
  /// A triangle that points right.
  case triangleRight = ">"
  /// A pentagon.
  case pentagon = "p"
  /// A star with five points.
  case star = "*"
  /// Two strokes, upright.
  case plus = "+"
  /// Two strokes, slanted.
  case cross = "x"
}

/// Whether an axis counts in steps or in powers of ten.
public enum AxisScale: Sendable, Hashable {
  /// Equal steps.
  case linear
  /// Powers of ten; values that are not positive are left out.
  case log
}

/// Where the legend stands.
public enum LegendLocation: Sendable, Hashable, CaseIterable {
  /// The corner that hides the fewest points.
  case best
  /// A given corner.
  case upperRight, upperLeft, lowerLeft, lowerRight
}

/// A matplotlib format string such as `"ro"`, `"k--"` or `"g^-"`: colour, marker and line in
/// any order.
///
/// A marker without a line gives markers only; a line without a marker gives a line only.
///
/// - Source: matplotlib.pyplot.plot, "Format Strings".
struct PlotFormat: Equatable {
  var color: PlotColor?
  var marker: Marker?
  var style: LineStyle?

  /// Reads a format; nil if a character has no meaning or a part stands twice.
  init?(_ text: String) {
    var rest = text[...]
    while let first = rest.first {
      let line: (String, LineStyle)? = [
        ("--", .dashed), ("-.", .dashDot), ("-", .line), (":", .dots),
      ].first { rest.hasPrefix($0.0) }
      if let (code, found) = line, style == nil {
        style = found
        rest = rest.dropFirst(code.count)
        continue
      }
      if rest.first == "C", let digit = rest.dropFirst().first, digit.isNumber, color == nil {
        color = PlotColor(String(rest.prefix(2)))
        rest = rest.dropFirst(2)
        continue
      }
      if "bgrcmykw".contains(first), color == nil {
        color = PlotColor(String(first))
      } else if let found = Marker(rawValue: first), marker == nil {
        marker = found
      } else {
        return nil
      }
      rest = rest.dropFirst()
    }
    if style == nil { style = marker == nil ? .line : LineStyle.none }
  }
}
