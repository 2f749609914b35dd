/// One plot of a figure: its series, its two axes, its texts.
///
/// A figure has one of these unless it was made by `Figure.subplots`; everything that can be said
/// to it (`plot`, `title`, `xLim`, …) is documented at `Plotting`.
public final class Axes: Plotting {
  struct Series {
    var x: [Double]
    var y: [Double]
    var color: PlotColor
    var style: LineStyle
    var width: Double
    var marker: Marker?
    var markerSize: Double
    var label: String?
  }

  var series: [Series] = []
  var usedColors = 0
  var legendLocation: LegendLocation?

  public var currentAxes: Axes { self }
  public var title = ""
  public var xLabel = ""
  public var yLabel = ""
  public var xLim: ClosedRange<Double>?
  public var yLim: ClosedRange<Double>?
  public var xScale = AxisScale.linear
  public var yScale = AxisScale.linear
  public var grid = false

  init() {}
}

/// What can be drawn on: a `Figure`, or one of the `Axes` of a figure with several.
///
/// The names are matplotlib's in camelCase. Called on a figure, everything goes to its first axes.
public protocol Plotting: AnyObject {
  /// The axes that are drawn on.
  var currentAxes: Axes { get }
  /// The text above the plot.
  var title: String { get set }
  /// The text below the x axis.
  var xLabel: String { get set }
  /// The text beside the y axis.
  var yLabel: String { get set }
  /// The range of the x axis; nil (the default) for the range of the data and 5 % on either side.
  ///
  /// Two different finite numbers, both positive on a logarithmic axis; anything else stops the
  /// program when the figure is drawn.
  var xLim: ClosedRange<Double>? { get set }
  /// The range of the y axis; nil (the default) for the range of the data and 5 % on either side.
  ///
  /// Two different finite numbers, both positive on a logarithmic axis; anything else stops the
  /// program when the figure is drawn.
  var yLim: ClosedRange<Double>? { get set }
  /// Whether the x axis counts in steps (`.linear`, the default) or in powers of ten (`.log`).
  var xScale: AxisScale { get set }
  /// Whether the y axis counts in steps (`.linear`, the default) or in powers of ten (`.log`).
  var yScale: AxisScale { get set }
  /// Whether thin lines continue the ticks through the plot; default false.
  var grid: Bool { get set }
}

extension Plotting {
  /// Draws y against x as a line, as markers, or both.
  ///
  /// ```swift
  /// let figure = Figure()
  /// figure.plot([1, 2, 3], [1, 4, 9], "ro", label: "data")
  /// figure.plot([1, 2, 3], [1.2, 3.9, 9.1], "k--", label: "fit")
  /// figure.legend()
  /// ```
  ///
  /// A point with a NaN or an infinity is left out and breaks the line; so is a value that is not
  /// positive on a logarithmic axis.
  ///
  /// - Parameters:
  ///   - x, y: the coordinates, equally many; any of Swift's number types.
  ///   - format: a matplotlib format such as `"ro"`, `"--"` or `"g^-"`: colour letter, marker and
  ///     line. The named options come first where both speak.
  ///   - color: default: the next of `PlotColor.cycle`.
  ///   - style: the line; default `.line`, or `.none` if the format names only a marker.
  ///   - width: the line's width in pixels; default 2.
  ///   - marker: the mark at each point; default none.
  ///   - markerSize: the mark's diameter in pixels; default 9.
  ///   - label: the text in the legend; default: not in the legend.
  /// - Precondition: `plot: x and y differ in length. Got 3 and 4. …` and
  ///   `plot: the format string has no meaning. Got "rq". …`
  /// - Source: matplotlib.pyplot.plot.
  public func plot(
    _ x: some Sequence<some PlotValue>, _ y: some Sequence<some PlotValue>,
    _ format: String? = nil, color: PlotColor? = nil, style: LineStyle? = nil, width: Double = 2,
    marker: Marker? = nil, markerSize: Double = 9, label: String? = nil,
    file: StaticString = #file, line: UInt = #line
  ) {
    var parsed = PlotFormat("")
    if let format {
      parsed = PlotFormat(format)
      if parsed == nil {
        plotMisuse(
          "plot: the format string has no meaning. Got \"\(format)\". Try a colour (one of "
            + "bgrcmykw or C0 to C9), a marker (such as o . s ^ x) and a line (- -- -. :).",
          file: file, line: line)
      }
    }
    currentAxes.add(
      "plot", x.map(\.plotValue), y.map(\.plotValue), color: color ?? parsed?.color,
      style: style ?? parsed?.style ?? .line, width: width, marker: marker ?? parsed?.marker,
      markerSize: markerSize, label: label, file: file, line: line)
  }

  /// Draws y against its index 0, 1, 2, …; the options are those of the form with x and y.
  public func plot(
    _ y: some Sequence<some PlotValue>, _ format: String? = nil, color: PlotColor? = nil,
    style: LineStyle? = nil, width: Double = 2, marker: Marker? = nil, markerSize: Double = 9,
    label: String? = nil, file: StaticString = #file, line: UInt = #line
  ) {
    let values = y.map(\.plotValue)
    plot(
      values.indices, values, format, color: color, style: style, width: width, marker: marker,
      markerSize: markerSize, label: label, file: file, line: line)
  }

  /// Draws a mark at each point.
  ///
  /// - Parameters:
  ///   - x, y: the coordinates, equally many; any of Swift's number types.
  ///   - color: default: the next of `PlotColor.cycle`.
  ///   - size: the mark's diameter in pixels; default 9. (matplotlib's `s` is an area.)
  ///   - marker: default `.circle`.
  ///   - label: the text in the legend; default: not in the legend.
  /// - Precondition: `scatter: x and y differ in length. Got 3 and 4. …`
  /// - Source: matplotlib.pyplot.scatter.
  public func scatter(
    _ x: some Sequence<some PlotValue>, _ y: some Sequence<some PlotValue>,
    color: PlotColor? = nil, size: Double = 9, marker: Marker = .circle, label: String? = nil,
    file: StaticString = #file, line: UInt = #line
  ) {
    currentAxes.add(
      "scatter", x.map(\.plotValue), y.map(\.plotValue), color: color, style: .none, width: 0,
      marker: marker, markerSize: size, label: label, file: file, line: line)
  }

  /// Shows the labels of all series in a box.
  ///
  /// - Parameter location: default `.best`, the corner that hides the fewest points.
  public func legend(_ location: LegendLocation = .best) {
    currentAxes.legendLocation = location
  }
}

extension Axes {
  func add(
    _ name: String, _ x: [Double], _ y: [Double], color: PlotColor?, style: LineStyle,
    width: Double, marker: Marker?, markerSize: Double, label: String?, file: StaticString,
    line: UInt
  ) {
    guard x.count == y.count else {
      plotMisuse(
        "\(name): x and y differ in length. Got \(x.count) and \(y.count). "
          + "Try one y for each x.", file: file, line: line)
    }
    let chosen = color ?? PlotColor.cycle[usedColors % PlotColor.cycle.count]
    if color == nil { usedColors += 1 }
    series.append(
      Series(
        x: x, y: y, color: chosen, style: style, width: max(width, 0), marker: marker,
        markerSize: max(markerSize, 0), label: label))
  }
}
