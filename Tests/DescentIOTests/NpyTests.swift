import Foundation
import Testing

@testable import DescentIO

@Suite("Npy")
struct NpyTests {
  @Test(
    "every file of the manifest is read or refused as it should be",
    arguments: try ManifestFile.all(in: "npy/"))
  func manifest(_ file: ManifestFile) throws {
    let opened = Result { () throws(NpyError) in
      try NpyArray(path: file.url.path(percentEncoded: false))
    }
    switch (file.verdict, opened) {
    case ("ok", .success(let array)):
      let wanted = try #require(file.entry["tensor"] as? [String: Any])
      #expect(array.shape == (wanted["shape"] as? [NSNumber])?.map(\.intValue))
      let dtype = try #require(wanted["dtype"] as? String)
      #expect("\(array.dtype)" == dtype)
      try expectValues(array.bytes, dtype, wanted["values"], "\(file.path)")
    case ("ok", .failure(let error)): Issue.record("refused: \(error)")
    case ("error", .success): Issue.record("accepted: \(file.why)")
    case ("error", .failure(let error)):
      #expect(error.kind == .malformed || error.kind == .unsupportedDType)
      #expect(error.description.hasPrefix("npy: "))
      #expect(error.description.contains(" Got ") && error.description.contains(" Try "))
    default: break
    }
  }

  @Test(
    "arrays are written byte for byte as NumPy writes them",
    arguments: ["f4_2x3", "f8_0d", "f2_3", "i8_2x1x2", "u1_5", "b1_2x2", "i2_0x3"])
  func reference(_ name: String) throws {
    let url = fixtures.appending(path: "npy/\(name).npy")
    let array = try NpyArray(path: url.path(percentEncoded: false))
    #expect(name.hasPrefix(array.dtype.rawValue))
    #expect(array.serialize() == Array(try Data(contentsOf: url)))
  }

  @Test("a file that was written is read back")
  func roundTrip() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "descent-\(UUID()).npy").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let array = try NpyArray(dtype: .int16, shape: [2, 2], bytes: [1, 0, 2, 0, 255, 255, 0, 128])
    try array.write(to: path)
    #expect(try NpyArray(path: path) == array)
  }

  @Test("object, complex and unsigned arrays are refused with their own remedy")
  func remedies() throws {
    for (descr, remedy) in [
      ("|O", "never run"), ("<c8", "array.real"), ("<u4", "numpy.int64"), ("<U2", "array.astype"),
    ] {
      let error = #expect(throws: NpyError.self) { try parse(descr: "'\(descr)'") }
      #expect(error?.kind == .unsupportedDType)
      #expect(error?.description.contains(remedy) == true)
    }
    let structured = #expect(throws: NpyError.self) { try parse(descr: "[('a', '<f4')]") }
    #expect(structured?.kind == .unsupportedDType)
  }

  @Test("bytes and shape that disagree are refused")
  func invalidInput() {
    for shape in [[2], [-1, -4], [1 << 62, 4]] {
      let error = #expect(throws: NpyError.self) {
        try NpyArray(dtype: .float32, shape: shape, bytes: [0, 0, 0, 0])
      }
      #expect(error?.kind == .invalidInput)
    }
  }

  @Test("any byte of a header changed gives an array or an error, never a crash")
  func mutations() throws {
    let original = Array(
      try Data(contentsOf: fixtures.appending(path: "badfiles/npy/ok_fortran_3d.npy")))
    for position in 0..<128 {
      for byte in 0...255 as ClosedRange<UInt8> {
        var changed = original
        changed[position] = byte
        changed.withUnsafeBytes { _ = try? NpyArray(parsing: $0) }
      }
    }
  }

  private func parse(descr: String) throws -> NpyHeader {
    let text = "{'descr': \(descr), 'fortran_order': False, 'shape': (1,), }\n"
    let file = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
    return try (file + [0, 0, 0, 0, 0, 0, 0, 0]).withUnsafeBytes { try NpyHeader(parsing: $0) }
  }
}
