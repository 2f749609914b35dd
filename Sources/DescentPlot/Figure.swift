/// A drawing of one or several plots, saved as SVG or PNG or shown in the terminal.
///
/// ```swift
/// let figure = Figure(width: 640, height: 480)
/// figure.plot(epochs, losses, label: "training")
/// figure.title = "Loss"
/// figure.xLabel = "epoch"
/// figure.yScale = .log
/// figure.legend()
/// try figure.save("loss.png")
/// figure.show()
/// ```
///
/// Everything that can be drawn is documented at `Plotting`. Sizes, colours and ticks follow matplotlib's
/// defaults. One layout serves all outputs; nothing needs a display, a font file or Python.
/// Absent: bars, histograms, images, 3-d plots, animation.
public final class Figure: Plotting {
  /// The size in pixels, at 100 dots an inch.
  public let width: Double, height: Double
  /// The numbers of plots below and beside one another.
  public let rows: Int, columns: Int

  private let plots: [Axes]

  /// Makes a figure with one plot.
  ///
  /// - Parameters:
  ///   - width, height: pixels; default 640 x 480, as in matplotlib.
  public convenience init(width: Double = 640, height: Double = 480) {
    self.init(rows: 1, columns: 1, width: width, height: height)
  }

  private init(rows: Int, columns: Int, width: Double, height: Double) {
    self.rows = rows
    self.columns = columns
    self.width = width
    self.height = height
    plots = (0..<(rows * columns)).map { _ in Axes() }
  }

  /// Makes a figure with several plots, to be reached as `figure[row, column]`.
  ///
  /// ```swift
  /// let figure = Figure.subplots(1, 2)
  /// figure[0, 0].plot(losses)
  /// figure[0, 1].scatter(x, y)
  /// ```
  ///
  /// - Precondition: `subplots: there must be at least one plot. Got 0 x 2. …`
  public static func subplots(
    _ rows: Int, _ columns: Int, width: Double = 640, height: Double = 480
  ) -> Figure {
    guard rows > 0, columns > 0 else {
      plotMisuse(
        "subplots: there must be at least one plot. Got \(rows) x \(columns). Try 1 x 2.")
    }
    return Figure(rows: rows, columns: columns, width: width, height: height)
  }

  /// One of the plots, counted from 0 at the upper left.
  public subscript(row: Int, column: Int) -> Axes {
    guard row >= 0, row < rows, column >= 0, column < columns else {
      plotMisuse(
        "Figure: there is no such plot. Got [\(row), \(column)] in \(rows) x \(columns) plots. "
          + "Try counting from 0.")
    }
    return plots[row * columns + column]
  }

  public var currentAxes: Axes { plots[0] }
  public var title: String {
    get { currentAxes.title }
    set { currentAxes.title = newValue }
  }
  public var xLabel: String {
    get { currentAxes.xLabel }
    set { currentAxes.xLabel = newValue }
  }
  public var yLabel: String {
    get { currentAxes.yLabel }
    set { currentAxes.yLabel = newValue }
  }
  public var xLim: ClosedRange<Double>? {
    get { currentAxes.xLim }
    set { currentAxes.xLim = newValue }
  }
  public var yLim: ClosedRange<Double>? {
    get { currentAxes.yLim }
    set { currentAxes.yLim = newValue }
  }
  public var xScale: AxisScale {
    get { currentAxes.xScale }
    set { currentAxes.xScale = newValue }
  }
  public var yScale: AxisScale {
    get { currentAxes.yScale }
    set { currentAxes.yScale = newValue }
  }
  public var grid: Bool {
    get { currentAxes.grid }
    set { currentAxes.grid = newValue }
  }

  private func draw(on canvas: inout some Canvas, width: Double, height: Double) {
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = Rect(
          left: width * Double(column) / Double(columns), top: height * Double(row) / Double(rows),
          right: width * Double(column + 1) / Double(columns),
          bottom: height * Double(row + 1) / Double(rows))
        // Characters have no margins of their own, so neighbours need a blank between them.
        let gap = canvas.metrics.isCharacterGrid && columns > 1 ? 4.0 : 0
        self[row, column].draw(
          on: &canvas,
          in: Rect(left: cell.left, top: cell.top, right: cell.right - gap, bottom: cell.bottom))
      }
    }
  }
}

extension Figure: Drawable {
  /// The figure as an SVG document.
  public func svg() -> String {
    var canvas = SVGCanvas(width: width, height: height)
    draw(on: &canvas, width: width, height: height)
    return canvas.text
  }

  /// The figure as a PNG file.
  ///
  /// - Parameter scale: pixels of the file to a pixel of the figure; default 1. Take 2 for
  ///   screens of high resolution and for print.
  /// - Throws: `PlotError.impossibleSize` for no pixels or more than 20,000 a side.
  public func png(scale: Double = 1) throws(PlotError) -> [UInt8] {
    var canvas = try RasterCanvas(figureWidth: width, height: height, scale: scale)
    draw(on: &canvas, width: width, height: height)
    return PNGEncoder.encode(canvas.raster)
  }

  /// The figure as lines of text: braille dots, box lines and letters.
  ///
  /// - Parameters:
  ///   - columns, rows: the size in characters.
  ///   - colors: whether ANSI colour codes are put in.
  public func terminalText(columns: Int = 80, rows: Int = 24, colors: Bool = false) -> String {
    var canvas = TerminalCanvas(columns: max(columns, 24), rows: max(rows, 8))
    draw(on: &canvas, width: Double(max(columns, 24) * 2), height: Double(max(rows, 8) * 4))
    return canvas.text(colors: colors)
  }

  /// Prints the figure to the terminal.
  ///
  /// It is as wide as the terminal (or `COLUMNS`, or 80 characters) and keeps the figure's
  /// proportions as far as the height allows. Colours appear only where standard output is a terminal.
  public func show() {
    let size = TerminalSize.current()
    // A character is about twice as high as wide.
    let wanted = Int((Double(size.columns) * height / width / 2).rounded())
    let rows = min(max(wanted, 12), max(size.rows - 2, 12))
    print(terminalText(columns: size.columns, rows: rows, colors: size.isTerminal), terminator: "")
  }
}
