/// A call that is misuse, with what its message says.
struct Misused: Sendable {
  let message: String
  let body: @Sendable () -> Void

  init(_ message: String, _ body: @escaping @Sendable () -> Void) {
    self.message = message
    self.body = body
  }
}
