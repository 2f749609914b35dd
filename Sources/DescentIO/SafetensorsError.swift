/// Says why a safetensors file cannot be read or written.
///
/// ```swift
/// do {
///   let file = try SafetensorsFile(path: "model.safetensors")
/// } catch {
///   print(error)  // safetensors: the file ends before its header does. Got 7 bytes. Try ...
/// }
/// ```
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is, for programs that react to it.
  public enum Kind: Equatable, Sendable {
    /// The system could not open, read or write the file.
    case io
    /// The bytes do not follow the format.
    case malformed
    /// The file is valid, but the tensor's element type has no counterpart here.
    case unsupportedDType
    /// The file has no tensor of that name.
    case missingTensor
    /// The tensors handed to the writer contradict themselves.
    case invalidInput
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// The whole message: what is wrong, what was found, what to try.
  public let description: String

  init(_ kind: Kind, _ problem: String, got: String, try remedy: String) {
    self.kind = kind
    description = "safetensors: \(problem). Got \(got). Try \(remedy)."
  }

  /// The bytes do not follow the format; the remedy is nearly always a fresh copy of the file.
  static func malformed(_ problem: String, got: String) -> SafetensorsError {
    SafetensorsError(
      .malformed, problem, got: got,
      try: "a fresh copy of the file; a cut download is the usual cause")
  }

  static func io(_ failure: FileFailure) -> SafetensorsError {
    SafetensorsError(
      .io, "the file is out of reach", got: failure.reason,
      try: "another path, or check the permissions and the free space")
  }
}
