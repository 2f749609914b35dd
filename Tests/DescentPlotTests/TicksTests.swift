import Testing

@testable import DescentPlot

@Suite("Ticks")
struct TicksTests {
  private func texts(_ low: Double, _ high: Double, most: Int = 6) -> [String] {
    Ticks(low, high, scale: .linear, most: most).major.map(\.text)
  }

  @Test("linear ticks stand at neat values with equal decimals")
  func linear() {
    #expect(texts(0, 1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(texts(0, 1, most: 4) == ["0.00", "0.25", "0.50", "0.75", "1.00"])
    #expect(texts(-1.1, 1.1, most: 5) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    #expect(texts(0, 99) == ["0", "20", "40", "60", "80"])
    #expect(texts(2000, 2010, most: 5) == ["2000", "2002", "2004", "2006", "2008", "2010"])
    #expect(texts(0, 3e6) == ["0", "5e5", "1e6", "1.5e6", "2e6", "2.5e6", "3e6"])
    #expect(texts(0, 4e-6, most: 4) == ["0", "1e−6", "2e−6", "3e−6", "4e−6"])
    #expect(texts(0.1, 0.3, most: 4) == ["0.10", "0.15", "0.20", "0.25", "0.30"])
  }

  @Test("logarithmic ticks are powers of ten with unlabelled ones between")
  func logarithmic() {
    let ticks = Ticks(0.005, 200, scale: .log, most: 8)
    #expect(ticks.major.map(\.superscript) == ["−2", "−1", "0", "1", "2"])
    #expect(ticks.minor.contains(0.5) && ticks.minor.contains { abs($0 - 0.006) < 1e-9 })
    let wide = Ticks(1e-30, 1e30, scale: .log, most: 6)
    #expect(wide.major.count <= 7 && wide.major.count >= 4)
    #expect(
      Ticks(2, 8, scale: .log, most: 6).major.map(\.text) == ["2", "3", "4", "5", "6", "7", "8"])
  }

  @Test("impossible ranges have no ticks and do not hang")
  func impossible() {
    #expect(texts(1, 1).isEmpty)
    #expect(texts(.nan, 1).isEmpty)
    #expect(texts(-.infinity, 1).isEmpty)
    #expect(texts(1e15, 1e15 + 0.25).count < 20)
  }
}
