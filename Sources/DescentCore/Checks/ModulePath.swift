/// Where in a model an operation runs, and who called it: so that a misuse can say `In net.block2.linear`
/// and point at the user's line.
///
/// Modules enter and leave as they are called; texts are made only if a misuse asks for them.
public protocol PathNaming: AnyObject {
  /// The path of an object inside this one, such as `layers.0`; nil if it is not inside.
  func path(of inner: AnyObject) -> String?
}

public enum ModulePath {
  /// Runs `body` as part of a module's forward, which was called at the given line.
  @inline(__always)
  public static func inside<R>(
    _ module: any PathNaming, file: StaticString, line: UInt, _ body: () throws -> R
  ) rethrows -> R {
    let call = ModuleCall(module: module, site: CallSite(file: file, line: line))
    ThreadState.withCurrent { $0.modules.append(call) }
    defer { ThreadState.withCurrent { _ = $0.modules.removeLast() } }
    return try body()
  }

  static var current: String {
    let modules = ThreadState.current.modules
    guard let root = modules.first?.module, let inner = modules.last?.module else { return "" }
    let name = "\(type(of: root))"
    if root === inner { return name }
    return root.path(of: inner).map { "\(name).\($0)" } ?? name
  }
}

/// A module at work.
struct ModuleCall {
  let module: any PathNaming
  let site: CallSite
}

/// A line of source code.
struct CallSite {
  let file: StaticString
  let line: UInt

  /// This line, or where it stands inside of the library, that of the backward pass or of the innermost module
  /// that was called from outside: a layer calls operations from lines of its own, and operators cannot take the
  /// caller's line.
  var ofUser: CallSite {
    if isOfUser { return self }
    let thread = ThreadState.current
    if let backward = thread.backward, backward.isOfUser { return backward }
    return thread.modules.last { $0.site.isOfUser }?.site ?? self
  }

  private var isOfUser: Bool {
    line != 0 && !CallSite.library.contains { "\(file)".hasPrefix($0) }
  }

  /// How `#fileID` begins in files of the library.
  private static let library = [
    "Descent/", "DescentCore/", "DescentNN/", "DescentOptim/", "DescentData/", "DescentIO/",
    "DescentPlot/",
  ]
}
