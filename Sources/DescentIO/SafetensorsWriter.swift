/// A tensor to be written: name, element type and shape, without its bytes.
public struct SafetensorsDescription: Equatable, Sendable {
  /// The tensor's name; any text but `__metadata__`.
  public let name: String
  /// The element type.
  public let dtype: SafetensorsDType
  /// The sizes; empty for a 0-d tensor.
  public let shape: [Int]

  /// Describes one tensor.
  public init(name: String, dtype: SafetensorsDType, shape: [Int]) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
  }
}

/// Lays out and writes safetensors files.
///
/// Tensors are sorted as the reference implementation sorts them, by falling alignment of the
/// element type and then by name, and the header is padded with spaces to a multiple of 8, so
/// that every tensor is aligned and the same tensors always give the same bytes. Metadata are
/// sorted by key (the reference leaves their order to chance).
///
/// ```swift
/// let writer = try SafetensorsWriter(
///   [SafetensorsDescription(name: "b", dtype: .uint8, shape: [2])], metadata: ["format": "pt"])
/// let file = try writer.serialize { entry in [1, 2] }
/// ```
public struct SafetensorsWriter: Sendable {
  /// The tensors with their final places, in the order of the file.
  public let entries: [SafetensorsEntry]
  /// The length field and the padded header: what stands before the data.
  public let head: [UInt8]

  /// Lays out a file for these tensors.
  ///
  /// - Throws: `SafetensorsError` of kind `invalidInput` for a name used twice or reserved, a
  ///   shape whose size is out of range, or a header over 100 MB.
  public init(
    _ tensors: [SafetensorsDescription], metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    let sorted = tensors.sorted {
      $0.dtype == $1.dtype
        ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : $0.dtype.rank > $1.dtype.rank
    }
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(jsonQuoted($0.key)):\(jsonQuoted($0.value))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var names: Set<String> = []
    var ranges: [Range<Int>] = []
    var end = 0
    for tensor in sorted {
      guard tensor.name != "__metadata__", names.insert(tensor.name).inserted else {
        throw SafetensorsError(
          .invalidInput, "a tensor name is reserved or used twice", got: "\"\(tensor.name)\"",
          try: "another name")
      }
      guard let count = tensor.dtype.byteCount(shape: tensor.shape), count <= Int.max / 2 - end
      else {
        throw SafetensorsError(
          .invalidInput, "the size of tensor \"\(tensor.name)\" is out of range",
          got: "\(tensor.dtype.name) \(tensor.shape)", try: "a shape without negative sizes")
      }
      ranges.append(end..<(end + count))
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(jsonQuoted(tensor.name)):{\"dtype\":\"\(tensor.dtype.name)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(end),\(end + count)]}")
      end += count
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    guard header.count <= SafetensorsHeader.maximumHeaderLength else {
      throw SafetensorsError(
        .invalidInput, "the header is longer than the format allows",
        got: "\(header.count) bytes", try: "shorter metadata, or several files")
    }
    let dataStart = 8 + header.count
    head = withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header
    entries = zip(sorted, ranges).map { tensor, range in
      SafetensorsEntry(
        name: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
        byteRange: (dataStart + range.lowerBound)..<(dataStart + range.upperBound))
    }
  }

  /// Makes the whole file in memory.
  ///
  /// - Parameter bytes: gives a tensor's elements, little-endian and row-major; called once for
  ///   each tensor in the order of `entries`.
  /// - Throws: `SafetensorsError` of kind `invalidInput` if a tensor's bytes are not as many as its
  ///   shape needs, or what `bytes` throws.
  public func serialize(
    _ bytes: (SafetensorsEntry) throws(SafetensorsError) -> [UInt8]
  ) throws(SafetensorsError) -> [UInt8] {
    var file = head
    for entry in entries { file += try checked(bytes(entry), for: entry) }
    return file
  }

  /// Writes the file: whole or not at all, one tensor in memory at a time.
  ///
  /// - Parameters:
  ///   - path: where to; a file that is there already is replaced in one step.
  ///   - bytes: gives a tensor's elements, as in `serialize(_:)`.
  /// - Throws: `SafetensorsError` of kind `io`, or as `serialize(_:)` does.
  public func write(
    to path: String, _ bytes: (SafetensorsEntry) throws(SafetensorsError) -> [UInt8]
  ) throws(SafetensorsError) {
    try writeFile(path, wrapping: SafetensorsError.io) { append throws(SafetensorsError) in
      try append(head)
      for entry in entries { try append(checked(bytes(entry), for: entry)) }
    }
  }

  private func checked(
    _ bytes: [UInt8], for entry: SafetensorsEntry
  ) throws(SafetensorsError) -> [UInt8] {
    guard bytes.count == entry.byteRange.count else {
      throw SafetensorsError(
        .invalidInput, "tensor \"\(entry.name)\" has the wrong number of bytes",
        got:
          "\(bytes.count) where \(entry.dtype.name) \(entry.shape) takes \(entry.byteRange.count)",
        try: "the bytes of all elements, row-major")
    }
    return bytes
  }
}
