import DescentZlib

/// Writes pixels as a PNG file.
///
/// - Source: PNG specification, third edition, W3C 2025.
enum PNGEncoder {
  /// Encodes rows of red, green and blue bytes.
  static func encode(_ raster: Raster) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity((raster.width * 3 + 1) * raster.height)
    for row in 0..<raster.height {
      // Filter 0: drawings are long runs of equal pixels, which deflate sees by itself.
      rows.append(0)
      rows += raster.pixels[(row * raster.width * 3)..<((row + 1) * raster.width * 3)]
    }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let header = bigEndian(UInt32(raster.width)) + bigEndian(UInt32(raster.height))
    // 8 bits a component, RGB, deflate, the standard filters, no interlacing.
    append("IHDR", header + [8, 2, 0, 0, 0], to: &file)
    append("IDAT", (try? Zlib.compress(rows, level: 6)) ?? stored(rows), to: &file)
    append("IEND", [], to: &file)
    return file
  }

  /// The zlib format without compression, for systems that have no zlib.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let count = min(bytes.count - start, 0xFFFF)
      let isLast = start + count == bytes.count
      let length = UInt16(count)
      stream += [isLast ? 1 : 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      stream += [UInt8(~length & 0xFF), UInt8(~length >> 8)]
      stream += bytes[start..<(start + count)]
      start += count
    } while start < bytes.count
    // Adler-32: two sums modulo the largest prime below 2^16.
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return stream + bigEndian(b << 16 | a)
  }

  private static func append(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
    let body = Array(type.utf8) + data
    file += bigEndian(UInt32(data.count)) + body + bigEndian(crc32(body))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian, Array.init)
  }

  /// The checksum of chunks; kept here because it is needed where there is no zlib, too.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }
}
