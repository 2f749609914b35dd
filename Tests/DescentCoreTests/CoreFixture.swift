import DescentCore
import Foundation

/// A tensor of a fixture with what PyTorch did with it; `Tests/Fixtures/make_core_fixtures.py`.
struct CoreFixture: @unchecked Sendable {
  let entry: [String: Any]

  static func cases(_ name: String) throws -> [CoreFixture] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/core/\(name).json")
    let file = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
    return (file?["cases"] as? [[String: Any]] ?? []).map { CoreFixture(entry: $0) }
  }

  func int(_ key: String) -> Int { (entry[key] as? NSNumber)?.intValue ?? 0 }
  func string(_ key: String) -> String { entry[key] as? String ?? "" }

  var bytes: [UInt8] {
    let digits = Array(string("hex").utf8)
    return stride(from: 0, to: digits.count, by: 2).map { i in
      UInt8(String(decoding: digits[i..<i + 2], as: UTF8.self), radix: 16) ?? 0
    }
  }

  var tensor: Tensor {
    let shape = Shape((entry["shape"] as? [NSNumber] ?? []).map(\.intValue))
    let dtype = DType(name: string("dtype")) ?? .float32
    return Tensor.withUninitializedBytes(shape, dtype: dtype) { $0.copyBytes(from: bytes) }
  }
}

/// Runs a closure on a thread with a stack of a given size.
func onThread(stackSize: Int, _ body: @escaping @Sendable () -> Void) {
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    body()
    done.signal()
  }
  thread.stackSize = stackSize
  thread.start()
  done.wait()
}
