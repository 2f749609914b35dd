/// Where in a model an operation runs: so that a misuse can say `In net.block2.linear`.
///
/// Modules enter and leave as they are called; the path's text is made only if a misuse asks for it.
public protocol PathNaming: AnyObject {
  /// The path of an object inside this one, such as `layers.0`; nil if it is not inside.
  func path(of inner: AnyObject) -> String?
}

public enum ModulePath {
  /// Runs `body` as part of a module's forward.
  @inline(__always)
  public static func inside<R>(_ module: any PathNaming, _ body: () throws -> R) rethrows -> R {
    ThreadState.withCurrent { $0.modules.append(module) }
    defer { ThreadState.withCurrent { _ = $0.modules.removeLast() } }
    return try body()
  }

  static var current: String {
    let modules = ThreadState.current.modules
    guard let root = modules.first, let inner = modules.last else { return "" }
    let name = "\(type(of: root))"
    if root === inner { return name }
    return root.path(of: inner).map { "\(name).\($0)" } ?? name
  }
}
