import DescentCore

/// Model files in the safetensors format.
///
/// ```swift
/// try Safetensors.save(model.stateDict(), to: "model.safetensors")
/// try model.load(stateDict: Safetensors.load("model.safetensors"))
/// ```
/// - Source: safetensors.torch.save_file, load_file
public enum Safetensors {
  /// Writes named tensors; the file appears whole or not at all.
  ///
  /// - Throws: `SafetensorsError` if the file cannot be written.
  public static func save(
    _ tensors: StateDict, to path: String, metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    let descriptions = tensors.map {
      SafetensorsDescription(
        name: $0.key, dtype: SafetensorsDType($0.value.dtype), shape: Array($0.value.shape))
    }
    let writer = try SafetensorsWriter(descriptions, metadata: metadata)
    try writer.write(to: path) { entry in
      tensors[entry.name]?.withUnsafeBytes { Array($0) } ?? []
    }
  }

  /// Reads all tensors of a file, in the order in which they lie in it.
  ///
  /// - Throws: `SafetensorsError` for a file that is not there, malformed, or of a dtype Descent has not.
  public static func load(_ path: String) throws(SafetensorsError) -> StateDict {
    let file = try SafetensorsFile(path: path)
    var result = StateDict()
    for entry in file.header.entries { result[entry.name] = try file.tensor(named: entry.name) }
    return result
  }
}

extension SafetensorsFile {
  /// Copies one tensor out of the file.
  ///
  /// - Throws: `SafetensorsError` for a name that is not there or a dtype Descent has not.
  public func tensor(named name: String) throws(SafetensorsError) -> Tensor {
    let entry = try entry(named: name)
    guard let dtype = entry.dtype.descent else {
      throw SafetensorsError(
        .unsupportedDType, "\(name) has a dtype that Descent does not have", got: entry.dtype.name,
        try: "converting the file to F32")
    }
    if entry.shape.count > Shape.maxDims {
      throw SafetensorsError(
        .invalidInput, "\(name) has more than \(Shape.maxDims) dimensions",
        got: "\(entry.shape.count) dimensions", try: "merging dimensions before saving")
    }
    do {
      return try withBytes(of: name) { bytes in
        Tensor.withUninitializedBytes(Shape(entry.shape), dtype: dtype) {
          $0.copyMemory(from: bytes)
        }
      }
    } catch let error as SafetensorsError {
      throw error
    } catch {
      preconditionFailure("withBytes throws what its closure throws, which is nothing: \(error)")
    }
  }
}

extension SafetensorsDType {
  init(_ dtype: DType) {
    self =
      switch dtype {
      case .bool: .bool
      case .uint8: .uint8
      case .int8: .int8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .float32: .float32
      case .float64: .float64
      }
  }

  /// The dtype of tensors, or nil for those that only the format has.
  var descent: DType? { DType.allCases.first { SafetensorsDType($0) == self } }
}
