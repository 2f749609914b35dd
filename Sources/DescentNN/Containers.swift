import DescentCore

/// Modules applied one after the other.
///
/// ```swift
/// let model = Sequential(Linear(4, 8), ReLU(), Linear(8, 3))
/// let same = Sequential {
///   Linear(4, 8)
///   ReLU()
///   Linear(8, 3)
/// }
/// ```
/// - Source: torch.nn.Sequential
public final class Sequential: Module {
  private var layers: [(name: String, module: Module)]

  public convenience init(_ modules: Module...) { self.init(modules) }

  public init(_ modules: [Module]) {
    layers = modules.enumerated().map { ("\($0.offset)", $0.element) }
  }

  /// Named modules, as PyTorch's `Sequential(OrderedDict(…))`.
  public init(named modules: KeyValuePairs<String, Module>) {
    layers = modules.map { ($0.key, $0.value) }
  }

  public convenience init(@ModuleBuilder _ modules: () -> [Module]) { self.init(modules()) }

  override var additionalMembers: [(name: String, member: Member)] {
    layers.map { ($0.name, .module($0.module)) }
  }

  public override func forward(_ x: Tensor) -> Tensor {
    var x = x
    for (_, module) in layers { x = module(x) }
    return x
  }

  public var count: Int { layers.count }

  public subscript(index: Int) -> Module {
    get { layers[index < 0 ? index + layers.count : index].module }
    set { layers[index < 0 ? index + layers.count : index].module = newValue }
  }

  public subscript(name: String) -> Module? { layers.first { $0.name == name }?.module }

  @discardableResult
  public func append(_ module: Module) -> Sequential {
    layers.append(("\(layers.count)", module))
    return self
  }
}

/// Collects the modules of a `Sequential { … }`.
@resultBuilder
public enum ModuleBuilder {
  public static func buildExpression(_ module: Module) -> [Module] { [module] }
  public static func buildBlock(_ parts: [Module]...) -> [Module] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [Module]?) -> [Module] { part ?? [] }
  public static func buildEither(first part: [Module]) -> [Module] { part }
  public static func buildEither(second part: [Module]) -> [Module] { part }
  public static func buildArray(_ parts: [[Module]]) -> [Module] { parts.flatMap { $0 } }
}

/// Modules in an array; their names are the positions.
///
/// - Source: torch.nn.ModuleList
public final class ModuleList: Module, RandomAccessCollection {
  // A table of pairs, so that reflection does not find the modules a second time.
  private var entries: [(name: Int, module: Module)]

  public init(_ modules: [Module] = []) { entries = modules.enumerated().map { ($0.offset, $0.element) } }

  override var additionalMembers: [(name: String, member: Member)] {
    entries.map { ("\($0.name)", .module($0.module)) }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.count }
  public subscript(index: Int) -> Module {
    get { entries[index].module }
    set { entries[index].module = newValue }
  }
  public func append(_ module: Module) { entries.append((entries.count, module)) }
}

/// Modules by name, in the order of insertion.
///
/// - Source: torch.nn.ModuleDict
public final class ModuleDict: Module {
  private var entries: [(name: String, module: Module)]

  public init(_ modules: KeyValuePairs<String, Module> = [:]) {
    entries = modules.map { ($0.key, $0.value) }
  }

  override var additionalMembers: [(name: String, member: Member)] {
    entries.map { ($0.name, .module($0.module)) }
  }

  public var keys: [String] { entries.map(\.name) }

  public subscript(name: String) -> Module? {
    get { entries.first { $0.name == name }?.module }
    set {
      if let i = entries.firstIndex(where: { $0.name == name }) {
        if let newValue { entries[i].module = newValue } else { entries.remove(at: i) }
      } else if let newValue {
        entries.append((name, newValue))
      }
    }
  }
}
