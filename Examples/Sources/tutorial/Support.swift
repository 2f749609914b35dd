import Descent
import Foundation

/// A program of the list.
struct Tutorial: Sendable {
  let name: String
  let summary: String
  /// Runs the program; the default generator is seeded before if there is a seed.
  let run: @Sendable (_ seed: Int?) -> Void
}

/// Python's `'{:.4f}'.format(value)`.
func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("tutorial: \(message)\n".utf8))
  exit(2)
}

func exitSuccessfully() -> Never { exit(0) }

/// `plt.show()`: writes the picture to a file and draws it in the terminal if there is one.
func show(_ figure: Figure, _ name: String) {
  do {
    try figure.save("\(name).svg")
  } catch {
    fail("\(error)")
  }
  if isatty(1) != 0 { figure.show() }
}
