import Testing

@testable import DescentData

@Suite("IDXReader")
struct IDXReaderTests {
  private func kind(_ bytes: [UInt8]) -> ReaderError.Kind? {
    do throws(ReaderError) {
      _ = try IDXReader.parse(bytes)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test("bytes of MNIST's layout are read with type and shape")
  func bytes() throws {
    let array = try IDXReader.parse([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255])
    #expect(array.type == .uint8 && array.shape == [2, 3])
    #expect(array.bytes == [1, 2, 3, 4, 5, 255])
    #expect(try IDXReader.parse([0, 0, 9, 0, 128]).shape == [])
    #expect(try IDXReader.parse([0, 0, 8, 1, 0, 0, 0, 0]).bytes.isEmpty)
  }

  @Test("big-endian elements come in the byte order of the machine")
  func byteOrder() throws {
    let shorts = try IDXReader.parse([0, 0, 0x0B, 1, 0, 0, 0, 2, 1, 2, 0xFF, 0xFE])
    #expect(shorts.bytes.withUnsafeBytes { Array($0.bindMemory(to: Int16.self)) } == [258, -2])
    let single = try IDXReader.parse([0, 0, 0x0D, 0, 0x3F, 0xC0, 0, 0])
    #expect(single.bytes.withUnsafeBytes { $0.loadUnaligned(as: Float.self) } == 1.5)
    let double = try IDXReader.parse([0, 0, 0x0E, 0, 0xC0, 0x04, 0, 0, 0, 0, 0, 0])
    #expect(double.bytes.withUnsafeBytes { $0.loadUnaligned(as: Double.self) } == -2.5)
    let word = try IDXReader.parse([0, 0, 0x0C, 0, 0xFF, 0xFF, 0xFF, 0xFD])
    #expect(word.bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) } == -3)
  }

  @Test("what is cut, too long, unknown or lies about its size is refused")
  func refused() {
    for bytes in [
      [], [0, 0, 8], [1, 0, 8, 0, 0], [0, 0, 8, 1, 0, 0, 0], [0, 0, 8, 1, 0, 0, 0, 2, 1],
      [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], [0, 0, 8, 0], [0, 0, 8, 1, 255, 255, 255, 255, 0],
      [0, 0, 14, 3] + [UInt8](repeating: 255, count: 12), [0x1F, 0x8B, 8, 0],
      [0, 0, 8, 255] + [UInt8](repeating: 0, count: 100),
    ] as [[UInt8]] {
      #expect(kind(bytes) == .malformed, "\(bytes)")
    }
    #expect(kind([0, 0, 0x0A, 0, 1]) == .unsupportedType)
  }
}
