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
  /// Whether the module is in training mode: `Dropout` and batch statistics depend on it.
  public private(set) var isTraining = true
  private var forwardHooks: [(id: Int, body: (Module, Tensor, Tensor) -> Tensor?)] = []
  private var forwardPreHooks: [(id: Int, body: (Module, Tensor) -> Tensor?)] = []
  private var nextHook = 0

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
  public final func callAsFunction(_ x: Tensor) -> Tensor {
    ModulePath.inside(self) {
      if forwardHooks.isEmpty && forwardPreHooks.isEmpty { return forward(x) }
      var input = x
      for hook in forwardPreHooks { input = hook.body(self, input) ?? input }
      var output = forward(input)
      for hook in forwardHooks { output = hook.body(self, input, output) ?? output }
      return output
    }
  }

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
    case let list as [Parameter]:
      for (i, parameter) in list.enumerated() { found.append(("\(name).\(i)", .parameter(parameter))) }
    case let list as [Buffer]:
      for (i, buffer) in list.enumerated() { found.append(("\(name).\(i)", .buffer(buffer))) }
    case let list as [Module]:
      for (i, module) in list.enumerated() { found.append(("\(name).\(i)", .module(module))) }
    case let table as [String: Parameter]:
      for key in table.keys.sorted() { found.append(("\(name).\(key)", .parameter(table[key]!))) }
    case let table as [String: Module]:
      for key in table.keys.sorted() { found.append(("\(name).\(key)", .module(table[key]!))) }
    default: break
    }
  }

  // MARK: modes and hooks

  /// Sets training mode here and below.
  @discardableResult
  public final func train(_ mode: Bool = true) -> Self {
    for (_, module) in namedModules() { module.isTraining = mode }
    return self
  }

  /// Sets evaluation mode here and below.
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

  public final func path(of inner: AnyObject) -> String? {
    namedModules().first { $0.module === inner }?.name
  }
}
