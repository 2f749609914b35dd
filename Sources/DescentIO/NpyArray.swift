/// One array of an npy file, brought into the only order that tensors have: row-major and in the
/// byte order of this machine.
///
/// ```swift
/// let array = try NpyArray(path: "weights.npy")
/// print(array.dtype, array.shape)
/// try array.write(to: "copy.npy")
/// ```
public struct NpyArray: Equatable, Sendable {
  /// The element type.
  public let dtype: NpyDType
  /// The sizes; empty for a 0-d array.
  public let shape: [Int]
  /// The elements, row-major, in the byte order of this machine; bool as 0 and 1.
  public let bytes: [UInt8]

  /// Makes an array of elements that are row-major and in this machine's byte order.
  ///
  /// - Throws: `NpyError` of kind `invalidInput` if the bytes are not as many as the shape needs.
  public init(dtype: NpyDType, shape: [Int], bytes: [UInt8]) throws(NpyError) {
    var count: Int? = dtype.itemSize
    for size in shape {
      let product = count?.multipliedReportingOverflow(by: size)
      count = product.flatMap { $0.overflow || size < 0 ? nil : $0.partialValue }
    }
    guard count == bytes.count, shape.count <= NpyHeader.maximumRank else {
      throw NpyError(
        .invalidInput, "shape and bytes disagree",
        got: "\(dtype.rawValue) \(shape) with \(bytes.count) bytes",
        try: "the bytes of all elements, row-major")
    }
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// Reads the array of a file.
  ///
  /// - Throws: `NpyError` of kind `io`, `malformed` or `unsupportedDType`. Bytes after the array
  ///   are refused, not ignored.
  public init(path: String) throws(NpyError) {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw .io(error)
    }
    self = try withExtendedLifetime(file) { () throws(NpyError) in
      try NpyArray(parsing: file.bytes)
    }
  }

  /// Parses a whole file that is at hand as bytes.
  ///
  /// - Throws: as `init(path:)`.
  public init(parsing file: UnsafeRawBufferPointer) throws(NpyError) {
    let header = try NpyHeader(parsing: file)
    guard header.byteRange.upperBound == file.count else {
      throw .malformed(
        "bytes follow the array", got: "\(file.count - header.byteRange.upperBound) bytes")
    }
    dtype = header.dtype
    shape = header.shape
    bytes = try header.nativeRowMajorBytes(of: file)
  }

  /// Makes the file as `numpy.save` does on a little-endian machine, byte for byte.
  public func serialize() -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header =
      "{'descr': '\(dtype.littleEndianDescription)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // NumPy leaves room for the first size to grow to 21 digits in place.
    if let first = shape.first {
      header += String(repeating: " ", count: 21 - String(first).count)
    }
    // 64 sizes of 20 digits take less than the 65,535 bytes that version 1 allows.
    let unpadded = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var file: [UInt8] = [
      0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(length & 0xFF), UInt8(length >> 8),
    ]
    file.reserveCapacity(unpadded + 64 + bytes.count)
    file += header.utf8
    let dataStart = file.count
    file += bytes
    if 1.bigEndian == 1 { reverseItems(in: &file, from: dataStart, size: dtype.itemSize) }
    return file
  }

  /// Writes the file: whole or not at all.
  ///
  /// - Throws: `NpyError` of kind `io`.
  public func write(to path: String) throws(NpyError) {
    let file = serialize()
    try writeFile(path, wrapping: NpyError.io) { append throws(NpyError) in try append(file) }
  }
}

extension NpyHeader {
  /// The elements in row-major order and in this machine's byte order.
  ///
  /// - Parameter file: the bytes that the header was parsed from.
  /// - Throws: `NpyError` of kind `malformed` for a bool that is neither 0 nor 1.
  public func nativeRowMajorBytes(of file: UnsafeRawBufferPointer) throws(NpyError) -> [UInt8] {
    let data = UnsafeRawBufferPointer(rebasing: file[byteRange])
    if dtype == .bool, let strange = data.first(where: { $0 > 1 }) {
      throw .malformed("a bool is neither 0 nor 1", got: "the byte \(strange)")
    }
    var bytes: [UInt8]
    if fortranOrder && shape.count > 1 {
      switch dtype.itemSize {
      case 1: bytes = rowMajor(data, as: UInt8.self)
      case 2: bytes = rowMajor(data, as: UInt16.self)
      case 4: bytes = rowMajor(data, as: UInt32.self)
      default: bytes = rowMajor(data, as: UInt64.self)
      }
    } else {
      bytes = Array(data)
    }
    if isBigEndian != (1.bigEndian == 1) {
      reverseItems(in: &bytes, from: 0, size: dtype.itemSize)
    }
    return bytes
  }

  /// Copies column-major elements in row-major order, walking the source with strides.
  private func rowMajor<Item: FixedWidthInteger>(
    _ data: UnsafeRawBufferPointer, as type: Item.Type
  ) -> [UInt8] {
    let size = MemoryLayout<Item>.size
    var strides: [Int] = []
    var stride = size
    for length in shape {
      strides.append(stride)
      stride *= length
    }
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    return [UInt8](unsafeUninitializedCapacity: data.count) { target, count in
      let target = UnsafeMutableRawBufferPointer(target)
      var written = 0
      while written < data.count {
        target.storeBytes(
          of: data.loadUnaligned(fromByteOffset: source, as: type), toByteOffset: written, as: type)
        written += size
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          source += strides[axis]
          if index[axis] < shape[axis] { break }
          source -= strides[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      count = data.count
    }
  }
}

/// Reverses the bytes of each item of `size` bytes from `start` to the end.
private func reverseItems(in bytes: inout [UInt8], from start: Int, size: Int) {
  guard size > 1 else { return }
  for item in stride(from: start, to: bytes.count, by: size) {
    for offset in 0..<(size / 2) { bytes.swapAt(item + offset, item + size - 1 - offset) }
  }
}
