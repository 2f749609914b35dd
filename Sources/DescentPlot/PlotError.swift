/// Says why a figure could not be saved.
public enum PlotError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path ends in none of the extensions that can be written.
  case unknownExtension(path: String, known: [String])
  /// The system could not write the file.
  case io(String)
  /// The picture would have no pixels or too many.
  case impossibleSize(width: Double, height: Double)

  public var description: String {
    switch self {
    case .unknownExtension(let path, let known):
      "save: the path does not end in a known extension. Got \(path). "
        + "Try \(known.joined(separator: " or "))."
    case .io(let what):
      "save: the file is out of reach. Got \(what). Try another path, or check the permissions."
    case .impossibleSize(let width, let height):
      "png: the picture has no pixels or too many. Got \(width) x \(height). "
        + "Try 1 to 20000 pixels a side."
    }
  }
}

/// Stops the program because the plotting API was misused; `message` says how and what to try.
func plotMisuse(_ message: String, file: StaticString = #file, line: UInt = #line) -> Never {
  fatalError(message, file: file, line: line)
}
