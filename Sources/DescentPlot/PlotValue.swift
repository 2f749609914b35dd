/// A number that can be drawn.
public protocol PlotValue {
  /// The nearest `Double`; NaN and infinities leave a gap in a line.
  var plotValue: Double { get }
}

extension PlotValue where Self: BinaryFloatingPoint {
  public var plotValue: Double { Double(self) }
}

extension PlotValue where Self: BinaryInteger {
  public var plotValue: Double { Double(self) }
}

extension Double: PlotValue {}
extension Float: PlotValue {}
extension Int: PlotValue {}
extension Int64: PlotValue {}
extension Int32: PlotValue {}
extension Int16: PlotValue {}
extension Int8: PlotValue {}
extension UInt8: PlotValue {}
