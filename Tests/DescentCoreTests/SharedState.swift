import DescentCore
import Testing

/// Suites that use what belongs to the process (the default generator, the options of printing): they
/// run one after the other.
@Suite("Shared state", .serialized)
enum SharedState {}

extension SharedState {
  /// Runs `body` on one, two and three threads.
  static func withThreads(_ body: () -> Void) {
    let before = Threads.count
    defer { Threads.count = before }
    for count in [1, 2, 3] {
      Threads.count = count
      body()
    }
  }
}
