/// An open safetensors file: the checked header and the bytes of its tensors.
///
/// The file is mapped, not read: opening costs the header only, and a tensor's bytes come from
/// the disk when they are used. That makes it cheap to take one layer out of a large model.
///
/// ```swift
/// let file = try SafetensorsFile(path: "model.safetensors")
/// for entry in file.header.entries { print(entry.name, entry.dtype.name, entry.shape) }
/// let sum = try file.withBytes(of: "bias") { bytes in bytes.count }
/// ```
public final class SafetensorsFile {
  /// The tensors and the metadata.
  public let header: SafetensorsHeader
  private let file: MappedFile

  /// Opens a file and checks its whole header.
  ///
  /// - Throws: `SafetensorsError` of kind `io` or `malformed`.
  public init(path: String) throws(SafetensorsError) {
    do {
      file = try MappedFile(path: path)
    } catch {
      throw .io(error)
    }
    header = try SafetensorsHeader(parsing: file.bytes)
  }

  /// Hands the bytes of one tensor to `body`: little-endian, row-major, at any alignment.
  ///
  /// The pointer is valid during the call only.
  ///
  /// - Throws: `SafetensorsError` of kind `missingTensor` if there is no tensor of that name, of
  ///   kind `unsupportedDType` if Descent has no such element type, or what `body` throws.
  public func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let entry = try entry(named: name)
    return try withExtendedLifetime(file) {
      try body(UnsafeRawBufferPointer(rebasing: file.bytes[entry.byteRange]))
    }
  }

  /// The description of a tensor that can be read here.
  ///
  /// - Throws: `SafetensorsError` as `withBytes(of:_:)` does.
  public func entry(named name: String) throws(SafetensorsError) -> SafetensorsEntry {
    guard let entry = header[name] else {
      let names = header.entries.prefix(5).map(\.name).joined(separator: ", ")
      let more = header.entries.count > 5 ? " and \(header.entries.count - 5) more" : ""
      throw SafetensorsError(
        .missingTensor, "there is no tensor \"\(name)\"",
        got: names.isEmpty ? "a file without tensors" : "\(names)\(more)",
        try: "one of these names")
    }
    guard entry.dtype.isSupported else {
      throw SafetensorsError(
        .unsupportedDType, "tensor \"\(name)\" has an element type that Descent lacks",
        got: entry.dtype.name,
        try: "converting it to one of "
          + SafetensorsDType.allCases.filter(\.isSupported).map(\.name).joined(separator: ", "))
    }
    return entry
  }
}
