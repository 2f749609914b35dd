/// Says why data could not be compressed, expanded or read through zlib.
public enum ZlibError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system has no zlib; the names that were tried.
  case libraryNotFound(tried: [String])
  /// The compressed data are damaged or cut.
  case corruptData(String)
  /// The system could not open or read the file.
  case io(String)
  /// The expanded data would take more bytes than the caller allowed.
  case outputTooLarge(limit: Int)

  public var description: String {
    switch self {
    case .libraryNotFound(let tried):
      "zlib: the system's library is missing. Got none of \(tried.joined(separator: ", ")). "
        + "Try installing zlib (package zlib1g on Debian, zlib on Fedora and Alpine)."
    case .corruptData(let what):
      "zlib: the compressed data are damaged. Got \(what). Try a fresh copy of the file."
    case .io(let what):
      "zlib: the file is out of reach. Got \(what). Try another path, or check the permissions."
    case .outputTooLarge(let limit):
      "zlib: the data expand to more than allowed. Got a limit of \(limit) bytes. "
        + "Try a larger limit if you trust the source."
    }
  }
}
