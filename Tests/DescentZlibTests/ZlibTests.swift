import Foundation
import Testing

@testable import DescentZlib

@Suite("Zlib")
struct ZlibTests {
  private let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/gzip")

  private func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  @Test("what was compressed is expanded again, at every level and for no bytes at all")
  func roundTrip() throws {
    for count in [0, 1, 100_000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
      for level in [0, 1, 6, 9] {
        let compressed = try Zlib.compress(bytes, level: level)
        #expect(try Zlib.uncompress(compressed, limit: count) == bytes)
        #expect(try Zlib.uncompress(compressed, limit: 1 << 20) == bytes)
      }
    }
  }

  @Test("output beyond the limit is refused, however small the input")
  func limit() throws {
    let compressed = try Zlib.compress([UInt8](repeating: 0, count: 1_000_000))
    #expect(compressed.count < 2000)
    #expect(throws: ZlibError.outputTooLarge(limit: 999_999)) {
      try Zlib.uncompress(compressed, limit: 999_999)
    }
    #expect(throws: ZlibError.outputTooLarge(limit: 0)) {
      try Zlib.uncompress(Zlib.compress([1]), limit: 0)
    }
    #expect(throws: ZlibError.outputTooLarge(limit: 3)) {
      try Zlib.readFile(path("table.csv"), limit: 3)
    }
  }

  @Test("damaged and cut data are corrupt")
  func corrupt() throws {
    let compressed = try Zlib.compress(Array("some text, some text, some text".utf8))
    for bytes in [[], [1, 2, 3], Array(compressed.dropLast()), Array(compressed.dropLast(12))] {
      #expect {
        try Zlib.uncompress(bytes, limit: 1000)
      } throws: { error in
        if case .corruptData = error as? ZlibError { true } else { false }
      }
    }
  }

  @Test("the checksum is that of gzip, zip and PNG, whole or in parts")
  func checksum() throws {
    let bytes = Array("123456789".utf8)
    #expect(try Zlib.crc32(bytes) == 0xCBF4_3926)
    let first = try Zlib.crc32(Array(bytes[..<4]))
    #expect(try Zlib.crc32(Array(bytes[4...]), continuing: first) == 0xCBF4_3926)
    #expect(try Zlib.crc32([]) == 0)
  }

  @Test("plain and gzip files give the same bytes")
  func files() throws {
    let text = Array("x,y\n1,2\n3,4\n".utf8)
    #expect(try Zlib.readFile(path("table.csv")) == text)
    #expect(try Zlib.readFile(path("table.csv.gz")) == text)
  }

  @Test("a cut gzip file, a folder and a missing file are told apart")
  func badFiles() {
    #expect {
      try Zlib.readFile(path("cut.csv.gz"))
    } throws: { error in
      if case .corruptData = error as? ZlibError { true } else { false }
    }
    for path in ["/nowhere/table.csv", "/"] {
      #expect {
        try Zlib.readFile(path)
      } throws: { error in
        if case .io = error as? ZlibError { true } else { false }
      }
    }
  }
}
