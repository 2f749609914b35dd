/// Says why an npy file cannot be read or written.
public struct NpyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is, for programs that react to it.
  public enum Kind: Equatable, Sendable {
    /// The system could not open, read or write the file.
    case io
    /// The bytes do not follow the format.
    case malformed
    /// The file is valid, but its element type has no counterpart here.
    case unsupportedDType
    /// The array handed to the writer contradicts itself.
    case invalidInput
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The whole message: what is wrong, what was found, what to try.
  public let description: String

  init(_ kind: Kind, _ problem: String, got: String, try remedy: String) {
    self.kind = kind
    description = "npy: \(problem). Got \(got). Try \(remedy)."
  }

  /// The bytes do not follow the format; the remedy is to have NumPy write the file again.
  static func malformed(_ problem: String, got: String) -> NpyError {
    NpyError(.malformed, problem, got: got, try: "saving the array again with numpy.save")
  }

  static func io(_ failure: FileFailure) -> NpyError {
    NpyError(
      .io, "the file is out of reach", got: failure.reason,
      try: "another path, or check the permissions and the free space")
  }
}
