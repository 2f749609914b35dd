import Descent
import Foundation

/// What became of one check.
enum Outcome: String {
  case passed, failed, unsupported, leftOut
}

/// Reports checks as lines on standard output, which the parent process counts.
///
/// A check is announced before it runs: if it brings the process down, the parent knows which it was.
final class Reporter {
  static let mark = "\u{1}"
  /// `SECTION/NAME` whose checks alone are run: names that begin so.
  private let only: String?
  private let section: String

  init(only: String?, section: String) {
    self.only = only
    self.section = section
  }

  private func skips(_ name: String) -> Bool {
    guard let only else { return false }
    return !"\(section)/\(name) ".hasPrefix(only + " ")
  }

  /// Announces the case with this number.
  func begin(case index: Int) { emit("case", "\(index)") }

  /// Runs one check: `body` returns what is wrong, or nil.
  func check(_ row: String, _ name: String, _ body: () throws -> String?) {
    if skips(name) { return }
    emit("check", row, name)
    do {
      if let problem = try checked(body) {
        emit(Outcome.failed.rawValue, problem)
      } else {
        emit(Outcome.passed.rawValue)
      }
    } catch let refusal as Refusal {
      switch refusal {
      case .unsupported(let reason), .untyped(let reason):
        emit(Outcome.unsupported.rawValue, reason)
      }
    } catch let misuse as Misuse {
      emit(Outcome.failed.rawValue, "refused: \(misuse)")
    } catch {
      emit(Outcome.failed.rawValue, "\(error)")
    }
  }

  /// Runs a call that must be refused.
  func checkRefused(_ row: String, _ name: String, _ body: () throws -> Void) {
    if skips(name) { return }
    emit("check", row, name)
    do {
      try checked(body)
      emit(Outcome.failed.rawValue, "was not refused")
    } catch let refusal as Refusal {
      switch refusal {
      case .unsupported(let reason): emit(Outcome.unsupported.rawValue, reason)
      // Such a call does not compile, which is the earliest refusal there is.
      case .untyped: emit(Outcome.passed.rawValue)
      }
    } catch {
      emit(Outcome.passed.rawValue)
    }
  }

  func unsupported(_ row: String, _ name: String, _ reason: String) {
    if skips(name) { return }
    emit("check", row, name)
    emit(Outcome.unsupported.rawValue, reason)
  }

  func leaveOut(_ row: String, _ name: String, _ reason: String) {
    if skips(name) { return }
    emit("check", row, name)
    emit(Outcome.leftOut.rawValue, reason)
  }

  private func emit(_ words: String...) {
    let line = words.map { $0.split { $0 == "\n" || $0 == "\t" }.joined(separator: " ") }
    let text = Self.mark + line.joined(separator: "\t") + "\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}
