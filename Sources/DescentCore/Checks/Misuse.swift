/// A call that the API does not allow: what was wrong, what was given, what to try.
///
/// Misuse traps with one message, the caller's file and line at its end:
/// ```
/// matmul: inner sizes 3 and 4 differ. Got [2, 3] and [4, 5]. Try the transpose of the second operand.
/// ```
/// The rules themselves are pure functions that throw `Misuse`, and `checked { … }` turns the first
/// misuse inside a closure into a thrown error, so that services and tests need not trap. Two are equal if they say
/// the same, wherever the calls stand.
public struct Misuse: Error, Sendable, Equatable {
  /// The operation, as the caller wrote it.
  public let operation: String
  /// What is wrong, without the operation's name or a full stop.
  public let problem: String
  /// The operands that show it.
  public let got: String
  /// The usual remedy; may be empty.
  public let remedy: String
  /// The module path (`net.block2.linear`) in whose forward it happened; empty outside modules.
  public internal(set) var modulePath = ""
  /// The line that made the call, `MyModel/main.swift:12`; for what a layer or an operator does, the line that
  /// called the innermost module; empty where that is not known.
  public internal(set) var location = ""

  public init(_ operation: String, _ problem: String, got: String = "", try remedy: String = "") {
    self.operation = operation
    self.problem = problem
    self.got = got
    self.remedy = remedy
  }

  /// Traps with the message, or records it if a `checked` closure is running.
  func raise(file: StaticString, line: UInt) {
    let thread = ThreadState.current
    let site = CallSite(file: file, line: line).ofUser
    if thread.checkDepth > 0 {
      if thread.firstMisuse == nil { thread.firstMisuse = located(site) }
      return
    }
    fatalError(
      located(site).description, file: site.line == 0 ? "Descent" : site.file, line: site.line)
  }

  /// Traps with the message, or records it if a `checked` closure is running: for the other modules of
  /// the library and for operations of one's own.
  public func report(file: StaticString = #fileID, line: UInt = #line) {
    raise(file: file, line: line)
  }

  public static func == (a: Misuse, b: Misuse) -> Bool {
    a.operation == b.operation && a.problem == b.problem && a.got == b.got
      && a.remedy == b.remedy && a.modulePath == b.modulePath
  }

  private func located(_ site: CallSite) -> Misuse {
    var copy = self
    copy.modulePath = ModulePath.current
    if site.line != 0 { copy.location = "\(site.file):\(site.line)" }
    return copy
  }
}

extension Misuse: CustomStringConvertible {
  public var description: String {
    var text = "\(operation): \(problem)."
    if !got.isEmpty { text += " Got \(got)." }
    if !remedy.isEmpty { text += " Try \(remedy)." }
    if !modulePath.isEmpty { text += " In \(modulePath)." }
    return text
  }
}

/// Runs a closure in which the first misuse is thrown instead of trapping.
///
/// The call that was misused returns a placeholder (an empty tensor, a zero) and the closure runs on
/// to its end, then the first misuse is thrown; what the closure computed after it has no meaning.
/// ```swift
/// do {
///   try checked { _ = Tensor.zeros(2, 3).matmul(Tensor.zeros(4, 5)) }
/// } catch { print(error) }  // matmul: inner sizes 3 and 4 differ. …
/// ```
/// - Throws: the first `Misuse`, or what the closure throws.
@discardableResult
public func checked<R>(_ body: () throws -> R) throws -> R {
  let thread = ThreadState.current
  let outer = thread.firstMisuse
  thread.firstMisuse = nil
  thread.checkDepth += 1
  defer {
    thread.checkDepth -= 1
    thread.firstMisuse = outer
  }
  let result = try body()
  if let misuse = thread.firstMisuse { throw misuse }
  return result
}

/// The value of a throwing rule, or nil after the misuse was recorded (in `checked`); traps otherwise.
@inline(__always)
func attempt<R>(file: StaticString, line: UInt, _ rule: () throws(Misuse) -> R) -> R? {
  do {
    return try rule()
  } catch {
    error.raise(file: file, line: line)
    return nil
  }
}
