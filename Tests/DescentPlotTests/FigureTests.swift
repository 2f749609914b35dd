import DescentZlib
import Foundation
import Testing

@testable import DescentPlot

@Suite("Figure")
struct FigureTests {
  private func waves() -> Figure {
    let figure = Figure()
    let x = stride(from: 0.0, to: 6, by: 0.1)
    figure.plot(x, x.map { $0 * $0 }, label: "a < b & \"c\"")
    figure.plot(x, x.map { 36 - 6 * $0 }, "ro--", label: "falling")
    figure.title = "Title"
    figure.xLabel = "time"
    figure.yLabel = "place"
    figure.grid = true
    figure.legend()
    return figure
  }

  /// The pixels of a PNG made here: width, height, and the bytes of each row without its filter.
  private func pixels(of png: [UInt8]) throws -> (width: Int, height: Int, bytes: [UInt8]) {
    func number(_ at: Int) -> Int {
      var value = 0
      for byte in png[at..<(at + 4)] { value = value << 8 | Int(byte) }
      return value
    }
    #expect(Array(png[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    let (width, height) = (number(16), number(20))
    var data: [UInt8] = []
    var at = 8
    while at < png.count {
      let length = number(at)
      let end = at + 8 + length
      let body = Array(png[(at + 4)..<end])
      let checksum = try Int(Zlib.crc32(body))
      #expect(number(end) == checksum)
      if body.starts(with: Array("IDAT".utf8)) { data += body[4...] }
      at += 12 + length
    }
    let rowLength = width * 3 + 1
    let rows = try Zlib.uncompress(data, limit: rowLength * height)
    var bytes: [UInt8] = []
    for row in 0..<height {
      let start = row * rowLength
      #expect(rows[start] == 0)
      bytes += rows[(start + 1)..<(start + rowLength)]
    }
    return (width, height, bytes)
  }

  @Test("the PNG has the figure's size, white corners, a black frame and the series' colours")
  func png() throws {
    let figure = waves()
    let (width, height, bytes) = try pixels(of: figure.png())
    #expect((width, height) == (640, 480))
    #expect(Array(bytes[..<3]) == [255, 255, 255])
    var counts: [PlotColor: Int] = [:]
    for index in stride(from: 0, to: bytes.count, by: 3) {
      counts[
        PlotColor(red: bytes[index], green: bytes[index + 1], blue: bytes[index + 2]), default: 0
      ] += 1
    }
    #expect(counts[.black, default: 0] > 1500)
    #expect(counts[.blue, default: 0] > 300)
    #expect(counts["r", default: 0] > 2000)
    #expect(counts[.white, default: 0] > 250_000)
    let double = try pixels(of: figure.png(scale: 2))
    #expect((double.width, double.height) == (1280, 960))
  }

  @Test("the SVG is well-formed XML with the texts in it")
  func svg() throws {
    let svg = waves().svg()
    #expect(svg.contains("a &lt; b &amp; &quot;c&quot;"))
    #expect(svg.contains("rotate(-90"))
    #expect(svg.contains("stroke-dasharray"))
    #expect(svg.contains("<circle"))
    var open: [Substring] = []
    for tag in svg.matches(of: /<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/) {
      if !tag.1.isEmpty {
        #expect(open.popLast() == tag.2)
      } else if tag.3.isEmpty {
        open.append(tag.2)
      }
    }
    #expect(open.isEmpty)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test("the terminal picture has title, axes, ticks and legend within its size")
  func terminal() {
    let text = waves().terminalText(columns: 60, rows: 20)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count <= 20)
    #expect(lines.allSatisfy { $0.count <= 60 })
    for part in ["Title", "time", "place", "┤", "┬", "└", "●", "falling", "0"] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("\u{1B}"))
    #expect(waves().terminalText(colors: true).contains("\u{1B}[38;2;31;119;180m"))
  }

  @Test("a small terminal picture is exactly as expected")
  func exactTerminal() {
    let figure = Figure()
    figure.plot([0, 1, 2], [0, 1, 2], "o-")
    #expect(
      figure.terminalText(columns: 24, rows: 8) == """
          ┌────────────────────┐
        2 ┤                ⣀⠤⠒●│
          │            ⣀⠤⠒⠉    │
          │        ⣀⠤●⠉        │
          │    ⣀⠤⠒⠉            │
        0 ┤●⠤⠒⠉                │
          └┬──────────────────┬┘
           0                  2

        """)
  }

  @Test("nothing, no points, NaN and infinities give a picture with a message")
  func empty() throws {
    #expect(Figure().svg().contains("nothing plotted"))
    let figure = Figure()
    figure.plot([Double](), [Double]())
    figure.scatter([Double.nan, 1], [1, Double.infinity])
    figure.legend()
    #expect(figure.svg().contains("no finite points to draw"))
    _ = try figure.png()
    figure.yScale = .log
    figure.plot([-1.0, 0])
    #expect(figure.terminalText().contains("no finite points to draw"))
  }

  @Test("a NaN breaks a line in two")
  func gaps() {
    let figure = Figure()
    figure.plot([1, 2, .nan, 3, 4.0])
    let lines = figure.svg().matches(of: /stroke="#1f77b4"/)
    #expect(lines.count == 2)
  }

  @Test("extreme values and ranges are drawn without a trap")
  func extremes() throws {
    for values in [
      [0.0, 0.0], [.leastNonzeroMagnitude, 1e-300], [-1e308, 1e308], [1e15, 1e15 + 1],
      [.greatestFiniteMagnitude, 0],
      [1e-12, 1],
    ] {
      for scale in [AxisScale.linear, .log] {
        let figure = Figure(width: 200, height: 150)
        figure.plot(values, values, "o-")
        (figure.xScale, figure.yScale) = (scale, scale)
        figure.legend()
        #expect(!figure.svg().contains("nan"))
        _ = try figure.png()
        _ = figure.terminalText()
      }
    }
    let zoomed = Figure()
    zoomed.plot([0, 1e9], [0, 1e9])
    zoomed.xLim = 1...2
    zoomed.yLim = 1...2
    _ = try zoomed.png()
    let tiny = Figure(width: 5, height: 5)
    tiny.plot([1, 2])
    _ = try tiny.png()
  }

  @Test("half a million points are thinned to what can be seen")
  func thinning() {
    let figure = Figure()
    figure.plot((0..<500_000).map { Double($0 * 7919 % 1000) })
    #expect(figure.svg().utf8.count < 100_000)
  }

  @Test("subplots are separate plots of one picture")
  func subplots() {
    let figure = Figure.subplots(1, 2)
    figure[0, 0].title = "left"
    figure[0, 1].title = "right"
    figure[0, 1].plot([1, 2])
    let svg = figure.svg()
    #expect(svg.contains(">left<") && svg.contains(">right<"))
    #expect(figure[0, 0].series.isEmpty)
  }

  @Test("save chooses by the extension and tells what it cannot do")
  func save() throws {
    let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
    let figure = waves()
    for name in ["descent-figure.svg", "descent-figure.PNG"] {
      let path = folder + name
      try figure.save(path)
      let bytes = try Data(contentsOf: URL(filePath: path))
      #expect(bytes.starts(with: name.hasSuffix("svg") ? Array("<svg".utf8) : [0x89, 0x50]))
      try FileManager.default.removeItem(atPath: path)
    }
    #expect(throws: PlotError.unknownExtension(path: "a.pdf", known: [".svg", ".png"])) {
      try figure.save("a.pdf")
    }
    #expect(throws: PlotError.impossibleSize(width: 0, height: 0)) { try figure.png(scale: 0) }
    #expect {
      try figure.save("/nowhere/a.svg")
    } throws: { error in
      if case .io = error as? PlotError { true } else { false }
    }
  }

  @Test("misuse stops the program")
  func misuse() async {
    await #expect(processExitsWith: .failure) { Figure().plot([1, 2], [1, 2, 3]) }
    await #expect(processExitsWith: .failure) { Figure().plot([1, 2], "rq") }
    await #expect(processExitsWith: .failure) { _ = Figure.subplots(0, 1) }
    await #expect(processExitsWith: .failure) { _ = Figure()[0, 1] }
    await #expect(processExitsWith: .failure) {
      let figure = Figure()
      figure.yScale = .log
      figure.yLim = -1...1
      _ = figure.svg()
    }
  }
}
