/// One tensor of a safetensors file: what it is and where its bytes lie.
public struct SafetensorsEntry: Equatable, Sendable {
  /// The tensor's name, for example `layers.0.weight`.
  public let name: String
  /// The element type.
  public let dtype: SafetensorsDType
  /// The sizes; empty for a 0-d tensor.
  public let shape: [Int]
  /// Where the elements lie in the file, counted from its first byte: little-endian, row-major,
  /// and not necessarily aligned to the element's size.
  public let byteRange: Range<Int>
}

/// The header of a safetensors file: its tensors and its metadata.
///
/// A safetensors file is an 8-byte little-endian length, a JSON object of that length and the
/// bytes of the tensors, without gaps:
///
///     {"__metadata__": {"format": "pt"}, "w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
///
/// Parsing checks everything before a caller touches a byte of data: the header's length against
/// the file's and against 100 MB, the JSON strictly (see `StrictJSON`), each shape against its
/// bytes without overflow, and that the tensors cover the data exactly, with no hole and no overlap. No
/// allocation is larger than a small multiple of the header that is really there.
///
/// Keys of a tensor other than `dtype`, `shape` and `data_offsets` are ignored, as the reference
/// implementation does.
///
/// - Source: https://github.com/huggingface/safetensors, "Format" in its README.
public struct SafetensorsHeader: Equatable, Sendable {
  /// The largest header that is read, 100 MB, as in the reference implementation.
  public static let maximumHeaderLength = 100_000_000

  /// The tensors in the order of their bytes.
  public let entries: [SafetensorsEntry]
  /// The texts under `__metadata__`.
  public let metadata: [String: String]

  private let indexByName: [String: Int]

  /// Parses and checks the header of a file whose bytes are all at hand (mapped or in memory).
  ///
  /// - Throws: `SafetensorsError` of kind `malformed` if any rule of the format is broken.
  public init(parsing file: UnsafeRawBufferPointer) throws(SafetensorsError) {
    let json = try Self.headerText(of: file)
    let dataStart = 8 + json.count
    let root: JSONValue
    do {
      root = try StrictJSON.parse(json)
    } catch {
      throw .malformed(
        "the header is not valid JSON", got: "\(error.reason) at byte \(8 + error.offset)")
    }
    guard case .object(let members) = root else {
      throw .malformed("the header is not a JSON object", got: root.kind)
    }
    var entries: [SafetensorsEntry] = []
    var metadata: [String: String] = [:]
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(from: value)
      } else {
        entries.append(try Self.entry(named: name, from: value, dataStart: dataStart))
      }
    }
    // Zero-size tensors may share their offset with the neighbour that follows.
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    var end = dataStart
    for entry in entries {
      guard entry.byteRange.lowerBound == end else {
        throw .malformed(
          "the data have a hole or overlap before tensor \"\(entry.name)\"",
          got: "offset \(entry.byteRange.lowerBound - dataStart) after \(end - dataStart) bytes")
      }
      end = entry.byteRange.upperBound
    }
    guard end == file.count else {
      throw .malformed(
        end > file.count
          ? "the file ends before its data do" : "bytes follow the last tensor",
        got: "\(file.count - dataStart) bytes of data where the header describes \(end - dataStart)"
      )
    }
    self.init(entries: entries, metadata: metadata)
  }

  init(entries: [SafetensorsEntry], metadata: [String: String]) {
    self.entries = entries
    self.metadata = metadata
    indexByName = Dictionary(uniqueKeysWithValues: entries.indices.map { (entries[$0].name, $0) })
  }

  /// The tensor of that name, or nil.
  public subscript(name: String) -> SafetensorsEntry? {
    indexByName[name].map { entries[$0] }
  }

  private static func headerText(
    of file: UnsafeRawBufferPointer
  ) throws(SafetensorsError) -> UnsafeRawBufferPointer {
    guard file.count >= 8 else {
      throw .malformed("the file is shorter than its length field", got: "\(file.count) bytes")
    }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(maximumHeaderLength) else {
      throw .malformed(
        "the header is longer than the format allows",
        got: "\(length) bytes where \(maximumHeaderLength) is the most")
    }
    // At most 100 MB from here on, so neither the conversion nor the sum can overflow.
    let count = Int(length)
    guard count <= file.count - 8 else {
      throw .malformed(
        "the file ends before its header does",
        got: "a header of \(count) bytes in a file of \(file.count)")
    }
    let text = UnsafeRawBufferPointer(rebasing: file[8..<(8 + count)])
    guard text.first == UInt8(ascii: "{") else {
      throw .malformed(
        "the header does not begin with '{'",
        got: text.first.map { "byte \($0)" } ?? "an empty header")
    }
    return text
  }

  private static func metadata(
    from value: JSONValue
  ) throws(SafetensorsError) -> [String: String] {
    if case .null = value { return [:] }
    guard case .object(let members) = value else {
      throw .malformed("the metadata are not an object", got: value.kind)
    }
    var texts: [String: String] = [:]
    for (key, value) in members {
      guard case .string(let text) = value else {
        throw .malformed("metadata \"\(key)\" is not a string", got: value.kind)
      }
      texts[key] = text
    }
    return texts
  }

  private static func entry(
    named name: String, from value: JSONValue, dataStart: Int
  ) throws(SafetensorsError) -> SafetensorsEntry {
    guard case .object(let members) = value else {
      throw .malformed("tensor \"\(name)\" is not described by an object", got: value.kind)
    }
    func member(_ key: String) throws(SafetensorsError) -> JSONValue {
      guard let member = members.first(where: { $0.key == key }) else {
        throw .malformed(
          "tensor \"\(name)\" has no \(key)", got: "the keys \(members.map(\.key))")
      }
      return member.value
    }
    func sizes(_ key: String) throws(SafetensorsError) -> [Int] {
      let value = try member(key)
      guard case .array(let elements) = value else {
        throw .malformed("\(key) of tensor \"\(name)\" is not an array", got: value.kind)
      }
      var sizes: [Int] = []
      for element in elements {
        guard case .integer(let size) = element, size >= 0 else {
          throw .malformed(
            "\(key) of tensor \"\(name)\" holds something else than sizes", got: element.kind)
        }
        sizes.append(size)
      }
      return sizes
    }
    let typeName = try member("dtype")
    guard case .string(let text) = typeName, let dtype = SafetensorsDType(rawValue: text) else {
      throw .malformed("tensor \"\(name)\" has an unknown dtype", got: typeName.kind)
    }
    let shape = try sizes("shape")
    let offsets = try sizes("data_offsets")
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= Int.max - dataStart else {
      throw .malformed("tensor \"\(name)\" has impossible data_offsets", got: "\(offsets)")
    }
    guard let bytes = dtype.byteCount(shape: shape) else {
      throw .malformed(
        "the size of tensor \"\(name)\" is out of range", got: "\(dtype.name) \(shape)")
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw .malformed(
        "shape and data_offsets of tensor \"\(name)\" disagree",
        got: "\(dtype.name) \(shape), which is \(bytes) bytes, at \(offsets)")
    }
    return SafetensorsEntry(
      name: name, dtype: dtype, shape: shape,
      byteRange: (dataStart + offsets[0])..<(dataStart + offsets[1]))
  }
}
