import DescentZlib
import Testing

@testable import DescentPlot

@Suite("PNGEncoder")
struct PNGEncoderTests {
  @Test("the format without compression is expanded by zlib, whatever the length")
  func stored() throws {
    for count in [0, 1, 65_535, 65_536, 200_000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 >> 2) }
      let stream = PNGEncoder.stored(bytes)
      #expect(try Zlib.uncompress(stream, limit: count) == bytes)
    }
  }

  @Test("the checksum is zlib's")
  func checksum() throws {
    for bytes in [[], Array("123456789".utf8), [UInt8](repeating: 255, count: 1000)] {
      #expect(PNGEncoder.crc32(bytes) == (try Zlib.crc32(bytes)))
    }
  }
}
