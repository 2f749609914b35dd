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
/// print(model[0])  // Linear(in_features=4, out_features=8, bias=True)
/// for layer in model { print(layer) }
/// ```
/// - Source: torch.nn.Sequential
open class Sequential: Module, Sequence {
  private var layers: ModuleTable

  /// Makes a chain; the names of its modules are their positions.
  public convenience init(_ modules: Module...) { self.init(modules) }

  /// Makes a chain of an array.
  public init(_ modules: [Module]) { layers = ModuleTable(modules) }

  /// Makes a chain with names, as PyTorch's `Sequential(OrderedDict(…))`.
  public init(named modules: KeyValuePairs<String, Module>) {
    layers = ModuleTable(named: modules.map { ($0.key, $0.value) })
  }

  /// Makes a chain of the modules that a closure lists.
  public convenience init(@ModuleBuilder _ modules: () -> [Module]) { self.init(modules()) }

  override var additionalMembers: [(name: String, member: Member)] { layers.members }

  open override func forward(_ x: Tensor) -> Tensor {
    var x = x
    for entry in layers.entries { x = entry.module(x) }
    return x
  }

  /// The number of modules.
  public final var count: Int { layers.entries.count }

  /// The module at a position, negative from the end.
  public final subscript(
    index: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Module {
    get { layers.get("Sequential", index, file, line) }
    set { layers.set("Sequential", index, newValue, file, line) }
  }

  /// A chain of some of the modules, shared with this one.
  public final subscript(range: some RangeExpression<Int>) -> Sequential {
    Sequential(named: layers.entries[range.relative(to: layers.entries)].map { ($0.name, $0.module) })
  }

  private init(named entries: [(String, Module)]) { layers = ModuleTable(named: entries) }

  /// The module of a name, if there is one.
  public final subscript(name: String) -> Module? { layers[name] }

  /// Adds a module at the end.
  @discardableResult
  public final func append(_ module: Module) -> Self {
    layers.append(module)
    return self
  }

  /// Adds modules at the end.
  @discardableResult
  public final func append(contentsOf modules: some Sequence<Module>) -> Self {
    for module in modules { layers.append(module) }
    return self
  }

  /// Puts a module before the one at a position; names that are positions move up.
  @discardableResult
  public final func insert(
    _ module: Module, at index: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    layers.insert("Sequential", module, at: index, file, line)
    return self
  }

  /// The modules in order.
  public final func makeIterator() -> IndexingIterator<[Module]> {
    layers.entries.map(\.module).makeIterator()
  }
}

/// Collects the modules of a `Sequential { … }`.
@resultBuilder
public enum ModuleBuilder {
  public static func buildExpression(_ module: Module) -> [Module] { [module] }
  public static func buildExpression(_ modules: [Module]) -> [Module] { modules }
  public static func buildBlock(_ parts: [Module]...) -> [Module] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [Module]?) -> [Module] { part ?? [] }
  public static func buildEither(first part: [Module]) -> [Module] { part }
  public static func buildEither(second part: [Module]) -> [Module] { part }
  public static func buildArray(_ parts: [[Module]]) -> [Module] { parts.flatMap { $0 } }
}

/// Modules in an array; their names are the positions.
///
/// An array property of a module does the same; a list prints runs of equal layers once, as PyTorch's.
/// - Source: torch.nn.ModuleList
public final class ModuleList: Module, Sequence {
  private var table: ModuleTable

  /// Makes a list.
  public init(_ modules: [Module] = []) { table = ModuleTable(modules) }

  override var additionalMembers: [(name: String, member: Member)] { table.members }

  /// The number of modules.
  public var count: Int { table.entries.count }

  /// The module at a position, negative from the end.
  public subscript(index: Int, file: StaticString = #fileID, line: UInt = #line) -> Module {
    get { table.get("ModuleList", index, file, line) }
    set { table.set("ModuleList", index, newValue, file, line) }
  }

  /// Adds a module at the end.
  @discardableResult
  public func append(_ module: Module) -> ModuleList {
    table.append(module)
    return self
  }

  /// Adds modules at the end.
  @discardableResult
  public func append(contentsOf modules: some Sequence<Module>) -> ModuleList {
    for module in modules { table.append(module) }
    return self
  }

  /// Puts a module before the one at a position.
  @discardableResult
  public func insert(
    _ module: Module, at index: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> ModuleList {
    table.insert("ModuleList", module, at: index, file, line)
    return self
  }

  /// The modules in order.
  public func makeIterator() -> IndexingIterator<[Module]> {
    table.entries.map(\.module).makeIterator()
  }
}

/// Modules by name, in the order of insertion.
///
/// - Source: torch.nn.ModuleDict
public final class ModuleDict: Module, Sequence {
  private var table: ModuleTable

  /// Makes a dictionary.
  public init(_ modules: KeyValuePairs<String, Module> = [:]) {
    table = ModuleTable(named: modules.map { ($0.key, $0.value) })
  }

  override var additionalMembers: [(name: String, member: Member)] { table.members }

  /// The names in order.
  public var keys: [String] { table.entries.map(\.name) }

  /// The modules in order.
  public var values: [Module] { table.entries.map(\.module) }

  /// The number of modules.
  public var count: Int { table.entries.count }

  /// The module of a name. Setting appends a new name at the end; nil removes.
  public subscript(name: String) -> Module? {
    get { table[name] }
    set { table[name] = newValue }
  }

  /// Names and modules in order.
  public func makeIterator() -> IndexingIterator<[(key: String, value: Module)]> {
    table.entries.map { (key: $0.name, value: $0.module) }.makeIterator()
  }
}

/// Named modules in order: what the containers hold. No property type that reflection looks into, so
/// that the modules are found once, under these names.
private struct ModuleTable {
  struct Entry {
    var name: String
    var module: Module
  }
  private(set) var entries: [Entry]

  init(_ modules: [Module]) {
    entries = modules.enumerated().map { Entry(name: "\($0.offset)", module: $0.element) }
  }

  init(named modules: [(String, Module)]) {
    entries = []
    for (name, module) in modules { self[name] = module }
  }

  var members: [(name: String, member: Module.Member)] {
    entries.map { ($0.name, .module($0.module)) }
  }

  subscript(name: String) -> Module? {
    get { entries.first { $0.name == name }?.module }
    set {
      if let i = entries.firstIndex(where: { $0.name == name }) {
        if let newValue { entries[i].module = newValue } else { entries.remove(at: i) }
      } else if let newValue {
        entries.append(Entry(name: name, module: newValue))
      }
    }
  }

  mutating func append(_ module: Module) { self["\(entries.count)"] = module }

  /// A position counted from 0, or nil after the misuse was reported.
  private func position(
    _ container: String, _ index: Int, upTo end: Int, _ file: StaticString, _ line: UInt
  ) -> Int? {
    let i = index < 0 ? index + entries.count : index
    if i >= 0 && i < end { return i }
    Misuse(
      container, "index \(index) is out of range", got: "\(entries.count) modules",
      try: "an index from \(-entries.count) to \(end - 1)"
    ).report(file: file, line: line)
    return nil
  }

  func get(_ container: String, _ index: Int, _ file: StaticString, _ line: UInt) -> Module {
    guard let i = position(container, index, upTo: entries.count, file, line) else {
      return Identity()
    }
    return entries[i].module
  }

  mutating func set(
    _ container: String, _ index: Int, _ module: Module, _ file: StaticString, _ line: UInt
  ) {
    if let i = position(container, index, upTo: entries.count, file, line) {
      entries[i].module = module
    }
  }

  mutating func insert(
    _ container: String, _ module: Module, at index: Int, _ file: StaticString, _ line: UInt
  ) {
    guard let i = position(container, index, upTo: entries.count + 1, file, line) else { return }
    entries.insert(Entry(name: "\(i)", module: module), at: i)
    for j in (i + 1)..<entries.count where Int(entries[j].name) == j - 1 { entries[j].name = "\(j)" }
  }
}
