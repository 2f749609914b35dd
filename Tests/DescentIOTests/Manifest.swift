import Foundation
import Testing

@testable import DescentIO

/// The folder of files kept for tests, next to the test targets.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Fixtures")

/// A malformed or unusual file of `Fixtures/badfiles` and what must become of it.
struct ManifestFile: CustomTestStringConvertible, @unchecked Sendable {
  let path: String
  let verdict: String
  let why: String
  let entry: [String: Any]

  var testDescription: String { "\(path): \(why)" }
  var url: URL { fixtures.appending(path: "badfiles/\(path)") }

  static func all(in folder: String) throws -> [ManifestFile] {
    let data = try Data(contentsOf: fixtures.appending(path: "badfiles/manifest.json"))
    let list = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    return try list.compactMap { entry in
      let path = try #require(entry["file"] as? String)
      guard path.hasPrefix(folder) else { return nil }
      return ManifestFile(
        path: path, verdict: try #require(entry["verdict"] as? String),
        why: try #require(entry["why"] as? String), entry: entry)
    }
  }
}

/// Compares elements with the manifest's numbers, exactly.
func expectValues(
  _ bytes: [UInt8], _ dtype: String, _ expected: Any?, _ comment: Comment
) throws {
  let expected = try #require(expected as? [Any], comment)
  func items<T: BitwiseCopyable>(_ type: T.Type) -> [T] {
    bytes.withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: MemoryLayout<T>.size)
        .map { raw.loadUnaligned(fromByteOffset: $0, as: T.self) }
    }
  }
  let integers: [Int64]
  switch dtype {
  case "bool", "uint8": integers = items(UInt8.self).map(Int64.init)
  case "int8": integers = items(Int8.self).map(Int64.init)
  case "int16": integers = items(Int16.self).map(Int64.init)
  case "int32": integers = items(Int32.self).map(Int64.init)
  case "int64": integers = items(Int64.self)
  default:
    let floats: [Double] =
      switch dtype {
      case "float16": items(Float16.self).map(Double.init)
      case "bfloat16": items(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
      case "float32": items(Float.self).map(Double.init)
      case "float64": items(Double.self)
      default: throw Missing(dtype: dtype)
      }
    #expect(floats.count == expected.count, comment)
    for (value, number) in zip(floats, expected) {
      let wanted = try #require(
        (number as? String).flatMap(Double.init) ?? (number as? NSNumber)?.doubleValue, comment)
      #expect(
        wanted.isNaN ? value.isNaN : value.bitPattern == wanted.bitPattern, comment)
    }
    return
  }
  #expect(integers == expected.map { ($0 as? NSNumber)?.int64Value ?? .min }, comment)
}

struct Missing: Error {
  let dtype: String
}
