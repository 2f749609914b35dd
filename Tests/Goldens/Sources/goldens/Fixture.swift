import Descent
import Foundation

/// The tensors of one safetensors file, as leaves of their own for each case.
final class Fixture {
  let file: SafetensorsFile
  /// The leaves made for the present case, by key.
  private(set) var leaves: [String: Tensor] = [:]

  init(_ path: String) throws { file = try SafetensorsFile(path: path) }

  /// Forgets the leaves of the last case.
  func begin() { leaves = [:] }

  /// A fresh tensor with the values stored under a key.
  func stored(_ key: String) throws -> Tensor {
    let entry = try file.entry(named: key)
    guard let dtype = Self.dtypes[entry.dtype] else {
      throw Refusal.unsupported("dtype \(entry.dtype.name)")
    }
    if entry.shape.count > Shape.maxDims {
      throw Refusal.untyped("\(entry.shape.count) dimensions")
    }
    return try file.withBytes(of: key) { bytes in
      Tensor.withUninitializedBytes(Shape(entry.shape), dtype: dtype) { $0.copyMemory(from: bytes) }
    }
  }

  /// The leaf that a value `{"t": key, …}` describes.
  func tensor(_ value: Value) throws -> Tensor? {
    if case .tensor(let tensor) = value { return tensor }
    guard let key = value["t"]?.string else { return nil }
    if case .bool(true)? = value["complex"] { throw Refusal.unsupported("complex tensors") }
    if let leaf = leaves[key] { return leaf }
    let leaf = try stored(key)
    if case .bool(true)? = value["grad"] { leaf.requiresGrad_() }
    leaves[key] = leaf
    return leaf
  }

  private static let dtypes: [SafetensorsDType: DType] = [
    .bool: .bool, .uint8: .uint8, .int8: .int8, .int16: .int16, .int32: .int32, .int64: .int64,
    .float16: .float16, .bfloat16: .bfloat16, .float32: .float32, .float64: .float64,
  ]
}

/// Why a case was not evaluated.
enum Refusal: Error {
  /// Descent does not offer it.
  case unsupported(String)
  /// The argument's type is not one that the Swift signature has: the compiler refuses such a call.
  case untyped(String)
}

/// A number of the golden files, with its category kept.
struct Number: Scalar {
  let scalarValue: ScalarValue
  var double: Double { scalarValue.double }

  init(scalarValue: ScalarValue) { self.scalarValue = scalarValue }

  init?(_ value: Value) {
    switch value {
    case .bool(let value): scalarValue = .bool(value)
    case .int(let value): scalarValue = .int(value)
    default:
      guard let double = value.double else { return nil }
      scalarValue = .double(double)
    }
  }
}
