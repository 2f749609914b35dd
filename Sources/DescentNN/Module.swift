import DescentCore

/// The base of all models and layers.
///
/// A subclass declares its parameters, buffers and submodules as stored properties; they are found by
/// their types, in the order of declaration, those of the base class first, under their own names:
/// ```swift
/// final class Net: Module {
///   let hidden = Linear(4, 8)
///   let output = Linear(8, 3)
///   override func forward(_ x: Tensor) -> Tensor { output(hidden(x).relu()) }
/// }
/// let net = Net()
/// print(net.stateDict().keys)
/// // ["hidden.weight", "hidden.bias", "output.weight", "output.bias"]
/// ```
/// Found are properties of type `Parameter`, `Buffer`, `Module` and its subclasses, and optionals,
/// arrays and dictionaries of these. Nothing is cached: assigning a new value just works.
/// A module with several inputs or outputs declares a `callAsFunction` of its own.
///
/// - Source: torch.nn.Module
open class Module: PathNaming {
  /// Whether this module is in training mode: `Dropout` and batch statistics depend on it. `train()` and
  /// `eval()` set it here and below.
  public final var isTraining = true
  @exclusivity(unchecked) private var forwardHooks:
    [(id: Int, body: (Module, Tensor, Tensor) -> Tensor?)] = []
  @exclusivity(unchecked) private var forwardPreHooks:
    [(id: Int, body: (Module, Tensor) -> Tensor?)] = []
  private var nextHook = 0

  /// Makes a module in training mode.
  public init() {}

  /// Computes the output. Override it; call the module itself, not this.
  open func forward(_ x: Tensor) -> Tensor {
    Misuse(
      "\(type(of: self))", "the module has no forward of one input", got: "a call with one tensor",
      try: "an override of forward(_:), or the module's own callAsFunction"
    ).report()
    return x
  }

  /// Runs the module.
  public final func callAsFunction(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    ModulePath.inside(self, file: file, line: line) {
      if forwardHooks.isEmpty && forwardPreHooks.isEmpty { return forward(x) }
      var input = x
      for hook in forwardPreHooks { input = hook.body(self, input) ?? input }
      var output = forward(input)
      for hook in forwardHooks { output = hook.body(self, input, output) ?? output }
      return output
    }
  }

  /// Runs a closure as part of this module, so that messages name it: for the `callAsFunction` of modules
  /// with several inputs or outputs. With the caller's line given on, messages point there.
  /// ```swift
  /// func callAsFunction(_ x: Tensor, _ mask: Tensor) -> Tensor { inside { project(x) * mask } }
  /// ```
  @inline(__always)
  public final func inside<R>(
    file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> R
  ) rethrows -> R {
    try ModulePath.inside(self, file: file, line: line, body)
  }

  /// The multiply-adds of one call, for `summary`; 0 unless a layer says otherwise.
  open func multiplyAdds(_ input: Tensor, _ output: Tensor) -> Int { 0 }

  /// What `print` shows between the parentheses: `in_features=3, out_features=1, bias=True`.
  open var extraDescription: String { "" }

  /// Names under which parameters are saved, where they differ from the property's.
  open var parameterNames: [String: String] { [:] }

  // MARK: what is inside

  /// A stored property that a module is made of.
  enum Member {
    case parameter(Parameter)
    case buffer(Buffer)
    case module(Module)
  }

  /// The members, by name, in order.
  final var members: [(name: String, member: Member)] {
    var mirrors: [Mirror] = []
    var mirror: Mirror? = Mirror(reflecting: self)
    while let current = mirror {
      mirrors.append(current)
      mirror = current.superclassMirror
    }
    var found: [(String, Member)] = []
    let names = parameterNames
    for mirror in mirrors.reversed() {
      for child in mirror.children {
        guard let label = child.label else { continue }
        let name = Module.propertyName(label)
        Module.collect(child.value, names[name] ?? name, &found)
      }
    }
    return found + additionalMembers
  }

  /// Members that are not stored properties: the elements of containers.
  var additionalMembers: [(name: String, member: Member)] { [] }

  private static func propertyName(_ label: String) -> String {
    let lazyPrefix = "$__lazy_storage_$_"
    if label.hasPrefix(lazyPrefix) { return String(label.dropFirst(lazyPrefix.count)) }
    return label.hasPrefix("_") ? String(label.dropFirst()) : label
  }

  private static func collect(_ value: Any, _ name: String, _ found: inout [(String, Member)]) {
    switch value {
    case let parameter as Parameter: found.append((name, .parameter(parameter)))
    case let buffer as Buffer: found.append((name, .buffer(buffer)))
    case let module as Module: found.append((name, .module(module)))
    case let list as [Tensor?]:
      for (i, tensor) in list.enumerated() { collect(tensor as Any, "\(name).\(i)", &found) }
    case let list as [Module?]:
      for (i, module) in list.enumerated() { collect(module as Any, "\(name).\(i)", &found) }
    case let table as [String: Tensor]:
      for key in inOrder(table.keys) { collect(table[key] as Any, "\(name).\(key)", &found) }
    case let table as [String: Module]:
      for key in inOrder(table.keys) { collect(table[key] as Any, "\(name).\(key)", &found) }
    case let table as [Int: Tensor]:
      for key in table.keys.sorted() { collect(table[key] as Any, "\(name).\(key)", &found) }
    case let table as [Int: Module]:
      for key in table.keys.sorted() { collect(table[key] as Any, "\(name).\(key)", &found) }
    case let lists as [[Module]]:
      for (i, list) in lists.enumerated() { collect(list, "\(name).\(i)", &found) }
    default: break
    }
  }

  /// Keys of a dictionary, which has no order of its own, as a reader would sort them: numbers in them
  /// by value, so that layer10 comes after layer2.
  private static func inOrder(_ keys: some Sequence<String>) -> [String] {
    keys.map { ($0, parts(of: $0)) }.sorted { a, b in
      for (x, y) in zip(a.1, b.1) where x != y {
        return x.number == y.number ? x.text < y.text : x.number < y.number
      }
      return a.1.count == b.1.count ? a.0 < b.0 : a.1.count < b.1.count
    }.map(\.0)
  }

  /// A key cut where digits begin or end; text has number -1.
  private static func parts(of key: String) -> [(number: Int, text: String)] {
    var parts: [(number: Int, text: String)] = []
    for character in key {
      if let digit = character.wholeNumberValue, character.isASCII {
        if let last = parts.last, last.number >= 0, last.number < Int.max / 16 {
          parts[parts.count - 1].number = last.number * 10 + digit
        } else {
          parts.append((digit, ""))
        }
      } else if let last = parts.last, last.number < 0 {
        parts[parts.count - 1].text.append(character)
      } else {
        parts.append((-1, "\(character)"))
      }
    }
    return parts
  }

  // MARK: modes and hooks

  /// Sets training mode here and below.
  ///
  /// - Source: torch.nn.Module.train
  @discardableResult
  public final func train(_ mode: Bool = true) -> Self {
    for (_, module) in namedModules() { module.isTraining = mode }
    return self
  }

  /// Sets evaluation mode here and below.
  ///
  /// - Source: torch.nn.Module.eval
  @discardableResult
  public final func eval() -> Self { train(false) }

  /// Calls `hook` with the module, its input and its output; a tensor it returns replaces the output.
  @discardableResult
  public final func registerForwardHook(
    _ hook: @escaping (Module, Tensor, Tensor) -> Tensor?
  ) -> HookHandle {
    nextHook += 1
    let id = nextHook
    forwardHooks.append((id, hook))
    return HookHandle { [weak self] in self?.forwardHooks.removeAll { $0.id == id } }
  }

  /// Calls `hook` with the module and its input before forward; a tensor it returns replaces the input.
  @discardableResult
  public final func registerForwardPreHook(
    _ hook: @escaping (Module, Tensor) -> Tensor?
  ) -> HookHandle {
    nextHook += 1
    let id = nextHook
    forwardPreHooks.append((id, hook))
    return HookHandle { [weak self] in self?.forwardPreHooks.removeAll { $0.id == id } }
  }

  /// The path of a module inside this one, such as `layers.0`.
  public final func path(of inner: AnyObject) -> String? {
    namedModules().first { $0.module === inner }?.name
  }
}
