import Foundation
import Testing

@testable import DescentIO

@Suite("Safetensors")
struct SafetensorsTests {
  @Test(
    "every file of the manifest is read or refused as it should be",
    arguments: try ManifestFile.all(in: "safetensors/"))
  func manifest(_ file: ManifestFile) throws {
    let opened = Result { () throws(SafetensorsError) in
      try SafetensorsFile(path: file.url.path(percentEncoded: false))
    }
    switch (file.verdict, opened) {
    case ("ok", .success(let contents)):
      let tensors = try #require(file.entry["tensors"] as? [String: [String: Any]])
      #expect(Set(contents.header.entries.map(\.name)) == Set(tensors.keys))
      for (name, wanted) in tensors {
        let entry = try #require(contents.header[name])
        #expect(entry.shape == (wanted["shape"] as? [NSNumber])?.map(\.intValue))
        let dtype = try #require(wanted["dtype"] as? String)
        if entry.dtype.isSupported {
          let bytes = try contents.withBytes(of: name) { Array($0) }
          try expectValues(bytes, dtype, wanted["values"], "\(name)")
        } else {
          #expect(dtype.hasPrefix("uint"))
          let error = #expect(throws: SafetensorsError.self) {
            try contents.withBytes(of: name) { _ in }
          }
          #expect(error?.kind == .unsupportedDType)
        }
      }
    case ("ok", .failure(let error)): Issue.record("refused: \(error)")
    case ("error", .success): Issue.record("accepted: \(file.why)")
    case ("error", .failure(let error)):
      #expect(error.kind == .malformed)
      #expect(error.description.hasPrefix("safetensors: "))
      #expect(error.description.contains(" Got ") && error.description.contains(" Try "))
    default: break
    }
  }

  @Test("the writer makes the bytes that the reference implementation makes")
  func reference() throws {
    let url = fixtures.appending(path: "safetensors/reference.safetensors")
    let file = try SafetensorsFile(path: url.path(percentEncoded: false))
    #expect(file.header.metadata == ["format": "np"])
    #expect(file.header.entries.count == 9)
    #expect(file.header["w"]?.shape == [2, 3])
    let weights = try file.withBytes(of: "w") { Array($0) }
    try expectValues(weights, "float32", [0, 0.25, 0.5, 0.75, 1, 1.25] as [Double], "w")
    let descriptions = file.header.entries.reversed().map {
      SafetensorsDescription(name: $0.name, dtype: $0.dtype, shape: $0.shape)
    }
    let writer = try SafetensorsWriter(descriptions, metadata: file.header.metadata)
    let bytes = try writer.serialize { entry throws(SafetensorsError) in
      guard let bytes = try? file.withBytes(of: entry.name, { Array($0) }) else { return [] }
      return bytes
    }
    #expect(bytes == Array(try Data(contentsOf: url)))
  }

  @Test("a file that was written is read back, and replaces the one before it")
  func roundTrip() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "descent-\(UUID()).safetensors").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    for value in 1...2 as ClosedRange<UInt8> {
      let writer = try SafetensorsWriter(
        [
          SafetensorsDescription(name: "\u{1}tab\t", dtype: .uint8, shape: [3]),
          SafetensorsDescription(name: "n", dtype: .float32, shape: [0, 2]),
        ], metadata: ["é": "\"quoted\"", "a": ""])
      try writer.write(to: path) { entry throws(SafetensorsError) in
        [UInt8](repeating: value, count: entry.byteRange.count)
      }
      let file = try SafetensorsFile(path: path)
      #expect(file.header.metadata == ["é": "\"quoted\"", "a": ""])
      #expect(file.header.entries == writer.entries)
      #expect(try file.withBytes(of: "\u{1}tab\t") { Array($0) } == [value, value, value])
    }
    #expect(writer(failsWith: .invalidInput, path: path))
    #expect(try SafetensorsFile(path: path).header.entries.count == 2)
  }

  /// Whether a write whose bytes do not fit the shape fails.
  private func writer(failsWith kind: SafetensorsError.Kind, path: String) -> Bool {
    do throws(SafetensorsError) {
      let writer = try SafetensorsWriter([.init(name: "x", dtype: .int64, shape: [2])])
      try writer.write(to: path) { _ throws(SafetensorsError) in [1, 2, 3] }
      return false
    } catch {
      return error.kind == kind
    }
  }

  @Test("descriptions that contradict themselves are refused")
  func invalidInput() {
    let float = SafetensorsDType.float32
    for tensors in [
      [SafetensorsDescription(name: "__metadata__", dtype: float, shape: [])],
      [.init(name: "a", dtype: float, shape: []), .init(name: "a", dtype: .uint8, shape: [1])],
      [.init(name: "a", dtype: float, shape: [-1, -1])],
      [.init(name: "a", dtype: float, shape: [1 << 40, 1 << 40])],
      [.init(name: "a", dtype: .float4, shape: [3])],
    ] as [[SafetensorsDescription]] {
      #expect { try SafetensorsWriter(tensors) } throws: {
        ($0 as? SafetensorsError)?.kind == .invalidInput
      }
    }
  }

  @Test("a missing file and a missing tensor are told apart")
  func missing() throws {
    let io = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(path: "/nowhere/model.safetensors")
    }
    #expect(io?.kind == .io)
    let folder = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/") }
    #expect(folder?.kind == .io)
    let url = fixtures.appending(path: "safetensors/reference.safetensors")
    let file = try SafetensorsFile(path: url.path(percentEncoded: false))
    let error = #expect(throws: SafetensorsError.self) { try file.entry(named: "c") }
    #expect(error?.kind == .missingTensor)
  }

  @Test("any byte of a header changed gives a file or an error, never a crash")
  func mutations() throws {
    let url = fixtures.appending(path: "safetensors/reference.safetensors")
    let original = Array(try Data(contentsOf: url))
    var refused = 0
    for position in 0..<min(original.count, 700) {
      for byte in [0, 0x22, 0x2D, 0x39, 0x5B, 0x7D, 0xFF] as [UInt8] {
        var changed = original
        changed[position] = byte
        changed.withUnsafeBytes { bytes in
          if (try? SafetensorsHeader(parsing: bytes)) == nil { refused += 1 }
        }
      }
    }
    #expect(refused > 2000)
  }
}
