import Descent
import Foundation

/// One golden file as a list of cases.
struct Section: Sendable {
  let name: String
  /// Makes the cases: closures that report one or more checks each.
  let cases: @Sendable (Folder) throws -> [(Reporter) throws -> Void]
}

/// The folder of golden files.
struct Folder: Sendable {
  let path: String

  func json(_ name: String) throws -> Value { try ValueReader.read("\(path)/\(name)") }
  func fixture(_ name: String) throws -> Fixture { try Fixture("\(path)/\(name)") }

  /// What two PyTorch versions disagree on, and is left out therefore.
  func unstable() -> Value { (try? json("unstable.json")) ?? .object([]) }
}

/// Reads each fixture file once.
final class Fixtures {
  private let folder: Folder
  private var open: [String: Fixture] = [:]

  init(_ folder: Folder) { self.folder = folder }

  func callAsFunction(_ name: String) throws -> Fixture {
    if let fixture = open[name] { return fixture }
    let fixture = try folder.fixture(name)
    open[name] = fixture
    return fixture
  }
}
