#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Compression by the system's zlib: PNG figures, gzip'd data sets and built-in tables.
///
/// This calls the system's library and brings no inflate of its own, because zlib is on every
/// system Swift runs on, has been attacked and mended for thirty years, and expands several times
/// faster than anything that could be written here in a few hundred lines.
///
/// Every function throws `ZlibError.libraryNotFound` where there is no zlib.
public enum Zlib {
  // zlib.h: the codes that these functions can return.
  private static let ok: CInt = 0
  private static let dataError: CInt = -3
  private static let bufferError: CInt = -5

  /// Whether the library can be used on this machine.
  public static var isAvailable: Bool { (try? ZlibLibrary.load()) != nil }

  /// Compresses bytes into the zlib format (RFC 1950).
  ///
  /// - Parameters:
  ///   - bytes: what to compress.
  ///   - level: 0 (store) to 9 (smallest); default 6, zlib's own.
  /// - Throws: `ZlibError`.
  public static func compress(_ bytes: [UInt8], level: Int = 6) throws(ZlibError) -> [UInt8] {
    precondition(
      (0...9).contains(level),
      "compress: the level is out of range. Got \(level). Try 0 (store) to 9 (smallest).")
    let library = try ZlibLibrary.load()
    let bound = Int(library.compressBound(CUnsignedLong(bytes.count)))
    var status = ok
    let compressed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      var length = CUnsignedLong(buffer.count)
      status = library.compress2(
        buffer.baseAddress, &length, bytes, CUnsignedLong(bytes.count), CInt(level))
      count = status == ok ? Int(length) : 0
    }
    guard status == ok else { throw .io("code \(status) from compress2: out of memory") }
    return compressed
  }

  /// Expands data of the zlib format (RFC 1950).
  ///
  /// The output grows by doubling, so a small input that claims to be huge costs at most `limit`.
  ///
  /// - Parameters:
  ///   - bytes: the compressed data, all of them.
  ///   - limit: the most bytes that the result may have; give the exact size where it is known.
  /// - Throws: `ZlibError.corruptData` for damaged or cut data, `.outputTooLarge` past the limit.
  public static func uncompress(_ bytes: [UInt8], limit: Int) throws(ZlibError) -> [UInt8] {
    let library = try ZlibLibrary.load()
    let limit = max(limit, 0)
    // One byte at least: zlib needs room to notice the end of empty data.
    var capacity = max(min(limit, 4 * bytes.count + 64), 1)
    while true {
      var status = ok
      let expanded = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        var length = CUnsignedLong(capacity)
        status = library.uncompress(
          buffer.baseAddress, &length, bytes, CUnsignedLong(bytes.count))
        count = status == ok ? Int(length) : 0
      }
      switch status {
      case ok:
        guard expanded.count <= limit else { throw .outputTooLarge(limit: limit) }
        return expanded
      case bufferError:
        guard capacity < limit else { throw .outputTooLarge(limit: limit) }
        capacity = capacity > limit / 2 ? limit : capacity * 2
      case dataError:
        throw .corruptData("\(bytes.count) bytes that do not follow the format or end too early")
      default:
        throw .io("code \(status) from uncompress: out of memory")
      }
    }
  }

  /// Continues a CRC-32 checksum (as in gzip, zip and PNG) over more bytes.
  ///
  /// - Parameter checksum: the value so far; 0 to begin.
  public static func crc32(
    _ bytes: [UInt8], continuing checksum: UInt32 = 0
  ) throws(ZlibError) -> UInt32 {
    let library = try ZlibLibrary.load()
    var value = CUnsignedLong(checksum)
    bytes.withUnsafeBufferPointer { buffer in
      var done = 0
      while done < buffer.count {
        let part = min(buffer.count - done, 1 << 30)
        value = library.crc32(
          value, buffer.baseAddress?.advanced(by: done), CUnsignedInt(part))
        done += part
      }
    }
    return UInt32(truncatingIfNeeded: value)
  }

  /// Reads a whole file and expands it if it is a gzip file; other files come as they are.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the most bytes that the result may have; default 16 GiB.
  /// - Throws: `ZlibError.io` if the file cannot be opened or read, `.corruptData` for a damaged or
  ///   cut gzip file, `.outputTooLarge` past the limit.
  public static func readFile(_ path: String, limit: Int = 1 << 34) throws(ZlibError) -> [UInt8] {
    let library = try ZlibLibrary.load()
    guard let file = library.gzopen(path, "rb") else {
      throw .io("\(path) (\(String(cString: strerror(errno))))")
    }
    var isOpen = true
    defer { if isOpen { _ = library.gzclose(file) } }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 17)
    while true {
      let count = Int(library.gzread(file, &chunk, CUnsignedInt(chunk.count)))
      // A cut file gives its last bytes first and only the next call or the close tells.
      var code = ok
      let message = library.gzerror(file, &code).map { String(cString: $0) } ?? ""
      if count < 0 || (code != ok && code != 1) {
        throw code == dataError || code == bufferError
          ? .corruptData("\(path) (\(message))") : .io("\(path) (\(message))")
      }
      if count == 0 { break }
      guard contents.count + count <= limit else { throw .outputTooLarge(limit: limit) }
      contents += chunk[..<count]
    }
    isOpen = false
    guard library.gzclose(file) == ok else {
      throw .corruptData("\(path), which ends too early")
    }
    return contents
  }
}
