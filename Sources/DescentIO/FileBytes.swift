#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Says why a file could not be opened, mapped or written.
struct FileFailure: Error {
  /// What was tried, the path and the system's reason, as one phrase.
  let reason: String

  init(_ action: String, _ path: String, code: Int32) {
    reason = "cannot \(action) \(path) (\(String(cString: strerror(code))))"
  }

  init(_ reason: String) { self.reason = reason }
}

/// A file's bytes, mapped read-only into memory for as long as this object lives.
///
/// Pages are read when they are touched, so opening a file of many gigabytes costs nothing and a
/// header can be checked against the true size before anything is allocated. A file that another
/// process cuts while it is mapped makes the system stop the program; writers here therefore
/// replace files whole (see `writeFile`) and never change one in place.
final class MappedFile {
  /// All bytes of the file. Valid while this object lives.
  let bytes: UnsafeRawBufferPointer

  init(path: String) throws(FileFailure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure("open", path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFailure("examine", path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileFailure("\(path) is not a regular file")
    }
    guard let size = Int(exactly: status.st_size) else {
      throw FileFailure("\(path) is too large for this system")
    }
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let base, base != MAP_FAILED else { throw FileFailure("map", path, code: errno) }
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }
}

/// Writes a file whole or not at all: into a neighbour with another name, which then takes the
/// place of `path` in one step. Readers that have the old file mapped keep the old bytes.
///
/// `body` is handed a function that appends bytes.
func writeFile<Failure: Error>(
  _ path: String,
  wrapping: @escaping (FileFailure) -> Failure,
  _ body: (([UInt8]) throws(Failure) -> Void) throws(Failure) -> Void
) throws(Failure) {
  let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw wrapping(FileFailure("create", temporary, code: errno)) }
  func append(_ bytes: [UInt8]) throws(Failure) {
    var done = 0
    while done < bytes.count {
      // One call moves at most about 2 GiB on Linux and fails beyond that on Apple platforms.
      let part = min(bytes.count - done, 1 << 30)
      let written = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress?.advanced(by: done), part)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        throw wrapping(FileFailure("write", temporary, code: errno))
      }
      done += written
    }
  }
  do {
    try body(append)
  } catch {
    close(descriptor)
    unlink(temporary)
    throw error
  }
  guard close(descriptor) == 0, rename(temporary, path) == 0 else {
    let code = errno
    unlink(temporary)
    throw wrapping(FileFailure("write", path, code: code))
  }
}
