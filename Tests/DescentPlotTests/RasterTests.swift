import Testing

@testable import DescentPlot

@Suite("Raster")
struct RasterTests {
  private func gray(_ raster: Raster, _ x: Int, _ y: Int) -> UInt8 {
    raster.pixels[(y * raster.width + x) * 3]
  }

  private func rect(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> [Point] {
    Rect(left: left, top: top, right: right, bottom: bottom).corners
  }

  @Test("a pixel is as dark as the part of it that is covered")
  func coverage() {
    var raster = Raster(width: 8, height: 8)
    raster.fill([rect(1, 1, 3.5, 2.25)], .black)
    #expect(gray(raster, 0, 1) == 255 && gray(raster, 4, 1) == 255)
    #expect(gray(raster, 1, 1) == 0 && gray(raster, 2, 1) == 0)
    #expect(abs(Int(gray(raster, 3, 1)) - 128) <= 1)
    #expect(abs(Int(gray(raster, 1, 2)) - 191) <= 1)
    #expect(abs(Int(gray(raster, 3, 2)) - 223) <= 1)
  }

  @Test("overlapping parts of one shape count once, and opacity mixes with what is below")
  func overlap() {
    var raster = Raster(width: 4, height: 4)
    raster.fill([rect(0, 0, 2, 2), rect(1, 0, 3, 2)], PlotColor.black.withOpacity(0.5))
    for x in 0..<3 { #expect(abs(Int(gray(raster, x, 0)) - 128) <= 1) }
    #expect(gray(raster, 3, 0) == 255)
  }

  @Test("a stroke with sharp corners has no holes")
  func strokes() {
    var raster = Raster(width: 40, height: 40)
    let path = [
      Point(x: 5, y: 5), Point(x: 35, y: 8), Point(x: 6, y: 11), Point(x: 20, y: 35),
      Point(x: 20, y: 5),
    ]
    raster.fill(StrokePath.outline(path, width: 4, cap: .round), .black)
    for (from, to) in zip(path, path.dropFirst()) {
      for step in 0...50 {
        let point = from + (to - from) * (Double(step) / 50)
        #expect(gray(raster, Int(point.x), Int(point.y)) == 0)
      }
    }
  }

  @Test("nothing outside the clip or the picture is touched, and NaN is ignored")
  func clip() {
    var raster = Raster(width: 10, height: 10)
    raster.clip = Rect(left: 2, top: 2, right: 5, bottom: 5)
    raster.fill([rect(-1e9, -1e9, 1e9, 1e9)], .black)
    raster.fill([rect(.nan, 0, .infinity, 10)], .black)
    for y in 0..<10 {
      for x in 0..<10 {
        let isInside = (2..<5).contains(x) && (2..<5).contains(y)
        #expect(gray(raster, x, y) == (isInside ? 0 : 255))
      }
    }
  }
}
