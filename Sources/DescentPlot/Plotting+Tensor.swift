import DescentCore

extension Plotting {
  /// Draws y over x, both taken in row-major order: `figure.plot(x, y, "ro", label: "data")`.
  public func plot(
    _ x: Tensor, _ y: Tensor, _ format: String? = nil, color: PlotColor? = nil,
    style: LineStyle? = nil, width: Double = 2, marker: Marker? = nil, markerSize: Double = 9,
    label: String? = nil, file: StaticString = #file, line: UInt = #line
  ) {
    plot(
      x.toArray(Double.self), y.toArray(Double.self), format, color: color, style: style,
      width: width, marker: marker, markerSize: markerSize, label: label, file: file, line: line)
  }

  /// Draws the elements over their positions.
  public func plot(
    _ y: Tensor, _ format: String? = nil, color: PlotColor? = nil, style: LineStyle? = nil,
    width: Double = 2, marker: Marker? = nil, markerSize: Double = 9, label: String? = nil,
    file: StaticString = #file, line: UInt = #line
  ) {
    plot(
      y.toArray(Double.self), format, color: color, style: style, width: width, marker: marker,
      markerSize: markerSize, label: label, file: file, line: line)
  }

  /// Draws a point for each pair of elements.
  public func scatter(
    _ x: Tensor, _ y: Tensor, color: PlotColor? = nil, size: Double = 9, marker: Marker = .circle,
    label: String? = nil, file: StaticString = #file, line: UInt = #line
  ) {
    scatter(
      x.toArray(Double.self), y.toArray(Double.self), color: color, size: size, marker: marker,
      label: label, file: file, line: line)
  }
}
