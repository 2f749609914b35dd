#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The functions of the system's zlib, looked up once.
///
/// The library is opened at run time because its header is not on every machine that has the
/// library, and because a program that never touches a compressed file should not need it at all.
struct ZlibLibrary: Sendable {
  typealias Compress =
    @convention(c) (
      UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CUnsignedLong>?, UnsafePointer<UInt8>?,
      CUnsignedLong, CInt
    ) -> CInt
  typealias CompressBound = @convention(c) (CUnsignedLong) -> CUnsignedLong
  typealias Uncompress =
    @convention(c) (
      UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CUnsignedLong>?, UnsafePointer<UInt8>?,
      CUnsignedLong
    ) -> CInt
  typealias Crc32 =
    @convention(c) (CUnsignedLong, UnsafePointer<UInt8>?, CUnsignedInt) ->
    CUnsignedLong
  typealias GzOpen = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
  typealias GzRead = @convention(c) (OpaquePointer, UnsafeMutableRawPointer?, CUnsignedInt) -> CInt
  typealias GzError =
    @convention(c) (OpaquePointer, UnsafeMutablePointer<CInt>?) ->
    UnsafePointer<CChar>?
  typealias GzClose = @convention(c) (OpaquePointer) -> CInt

  let compress2: Compress
  let compressBound: CompressBound
  let uncompress: Uncompress
  let crc32: Crc32
  let gzopen: GzOpen
  let gzread: GzRead
  let gzerror: GzError
  let gzclose: GzClose

  #if canImport(Darwin)
    static let names = ["libz.dylib", "/usr/lib/libz.1.dylib"]
  #else
    static let names = ["libz.so.1", "libz.so"]
  #endif

  private static let found = ZlibLibrary()

  /// The library, or the error that says that there is none.
  static func load() throws(ZlibError) -> ZlibLibrary {
    guard let found else { throw .libraryNotFound(tried: names) }
    return found
  }

  private init?() {
    // The handle is never closed: the functions stay valid as long as the program runs.
    guard let handle = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first
    else { return nil }
    func symbol<Function>(_ name: String, as type: Function.Type) -> Function? {
      dlsym(handle, name).map { unsafeBitCast($0, to: type) }
    }
    guard let compress2 = symbol("compress2", as: Compress.self),
      let compressBound = symbol("compressBound", as: CompressBound.self),
      let uncompress = symbol("uncompress", as: Uncompress.self),
      let crc32 = symbol("crc32", as: Crc32.self),
      let gzopen = symbol("gzopen", as: GzOpen.self),
      let gzread = symbol("gzread", as: GzRead.self),
      let gzerror = symbol("gzerror", as: GzError.self),
      let gzclose = symbol("gzclose", as: GzClose.self)
    else { return nil }
    self.compress2 = compress2
    self.compressBound = compressBound
    self.uncompress = uncompress
    self.crc32 = crc32
    self.gzopen = gzopen
    self.gzread = gzread
    self.gzerror = gzerror
    self.gzclose = gzclose
  }
}
