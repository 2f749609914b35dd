import Testing

@testable import DescentPlot

@Suite("PlotStyle")
struct PlotStyleTests {
  @Test("format strings mean what they mean in matplotlib")
  func formats() throws {
    let red = try #require(PlotFormat("ro"))
    #expect(red.color == "r" && red.marker == .circle && red.style == LineStyle.none)
    let dashed = try #require(PlotFormat("k--"))
    #expect(dashed.color == .black && dashed.marker == nil && dashed.style == .dashed)
    let both = try #require(PlotFormat("C1^-."))
    #expect(both.color == .orange && both.marker == .triangleUp && both.style == .dashDot)
    #expect(PlotFormat("-o")?.style == .line)
    #expect(PlotFormat("g:")?.style == .dots)
    #expect(PlotFormat(".")?.marker == .point)
    #expect(PlotFormat("")?.style == .line)
    for text in ["rq", "rr", "oo", "--:", "red"] { #expect(PlotFormat(text) == nil, "\(text)") }
  }

  @Test("colours are read by name, letter, place in the cycle and digits")
  func colors() {
    #expect(PlotColor("tab:blue") == .blue && PlotColor("C0") == .blue && PlotColor("C10") == .blue)
    #expect(PlotColor("#1f77b4") == .blue)
    #expect(PlotColor("r") == PlotColor(red: 255, green: 0, blue: 0))
    #expect(PlotColor.cyan.hexadecimal == "#17becf")
    for text in ["", "rde", "#12", "#gggggg", "C-1"] { #expect(PlotColor(text) == nil) }
  }

  @Test("the font has every printable ASCII character")
  func font() {
    let box = StrokeFont.glyph("\u{1F600}")
    for code in 33...126 as ClosedRange<UInt8> {
      let glyph = StrokeFont.glyph(Unicode.Scalar(code))
      #expect(!glyph.strokes.isEmpty)
      #expect(glyph.strokes != box.strokes, "\(Unicode.Scalar(code))")
    }
  }
}
