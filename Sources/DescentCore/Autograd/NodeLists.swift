// What a node holds without memory of its own: edges and saved tensors.

/// Where a gradient goes: an output of another node, or a leaf.
struct Edge {
  /// A `Node`, or the leaf `Tensor`; nil if the input needs no gradient.
  let target: AnyObject?
  let index: Int32
  let isLeaf: Bool

  @inline(__always)
  static var none: Edge { Edge(target: nil, index: 0, isLeaf: false) }

  @inline(__always)
  init(target: AnyObject?, index: Int32, isLeaf: Bool) {
    self.target = target
    self.index = index
    self.isLeaf = isLeaf
  }

  /// The edge by which a tensor's gradient leaves.
  @inline(__always)
  init(_ tensor: Tensor) {
    if let node = tensor.gradFn {
      self.init(target: node, index: tensor.outputIndex, isLeaf: false)
    } else if tensor.flags.requiresGrad {
      self.init(target: tensor, index: 0, isLeaf: true)
    } else {
      self = .none
    }
  }

  @inline(__always)
  var node: Node? {
    isLeaf ? nil : target.map { unsafeDowncast($0, to: Node.self) }
  }

  @inline(__always)
  var leaf: Tensor? {
    isLeaf ? target.map { unsafeDowncast($0, to: Tensor.self) } : nil
  }
}

/// Where an edge leads, without counting a reference: good for as long as something else holds the edge.
struct Way {
  private let target: UnsafeMutableRawPointer?
  private let isLeaf: Bool
  let index: Int

  @inline(__always)
  init(_ edge: Edge) {
    target = edge.target.map { Unmanaged.passUnretained($0).toOpaque() }
    isLeaf = edge.isLeaf
    index = Int(edge.index)
  }

  /// The way of a tensor's gradient, which the tensor holds.
  @inline(__always)
  init(_ tensor: Tensor) { self.init(Edge(tensor)) }

  @inline(__always)
  var node: Unmanaged<Node>? { isLeaf ? nil : target.map { .fromOpaque($0) } }

  @inline(__always)
  var leaf: Unmanaged<Tensor>? { isLeaf ? target.map { .fromOpaque($0) } : nil }
}

/// Elements of a list beyond those that lie inline; one reference, nil for nearly all lists.
final class Overflow<Element> {
  var elements: [Element]
  init(_ elements: [Element]) { self.elements = elements }

  /// Appends to a list's own overflow; one that a copy of the list shares stays as it is.
  static func append(_ element: Element, to overflow: inout Overflow?) {
    if overflow == nil {
      overflow = Overflow([element])
    } else if isKnownUniquelyReferenced(&overflow) {
      overflow.unsafelyUnwrapped.elements.append(element)
    } else {
      overflow = Overflow(overflow.unsafelyUnwrapped.elements + [element])
    }
  }
}

/// The edges of a node, inline for up to three inputs. Not copyable: an entry is read where it lies, where a copy
/// of the list would count every reference in it.
struct EdgeList: ~Copyable {
  private(set) var count: Int
  private var first: Edge
  private var second: Edge
  private var third: Edge
  private var rest: Overflow<Edge>?

  @inline(__always)
  init() {
    count = 0
    first = .none
    second = .none
    third = .none
  }

  /// The edges of an operation on one tensor.
  @inline(__always)
  init(_ a: Tensor) {
    count = 1
    first = Edge(a)
    second = .none
    third = .none
  }

  /// The edges of an operation on two.
  @inline(__always)
  init(_ a: Tensor, _ b: Tensor) {
    count = 2
    first = Edge(a)
    second = Edge(b)
    third = .none
  }

  /// The edges of an operation on three.
  @inline(__always)
  init(_ a: Tensor, _ b: Tensor, _ c: Tensor) {
    count = 3
    first = Edge(a)
    second = Edge(b)
    third = Edge(c)
  }

  @inline(__always)
  mutating func append(_ edge: Edge) {
    switch count {
    case 0: first = edge
    case 1: second = edge
    case 2: third = edge
    default: Overflow.append(edge, to: &rest)
    }
    count += 1
  }

  @inline(__always)
  subscript(index: Int) -> Edge {
    switch index {
    case 0: first
    case 1: second
    case 2: third
    default: rest.unsafelyUnwrapped.elements[index - 3]
    }
  }

  /// The same without counting: this list holds the edge.
  @inline(__always)
  func way(_ index: Int) -> Way {
    switch index {
    case 0: Way(first)
    case 1: Way(second)
    case 2: Way(third)
    default: Way(rest.unsafelyUnwrapped.elements[index - 3])
    }
  }

  /// Whether releasing this list can release another node.
  @inline(__always)
  var ownsNodes: Bool {
    (first.target != nil && !first.isLeaf) || (second.target != nil && !second.isLeaf)
      || (third.target != nil && !third.isLeaf) || rest != nil
  }

  @inline(__always)
  mutating func removeAll() { self = EdgeList() }

  mutating func handOver(to list: inout [AnyObject]) {
    for i in 0..<count { if let target = self[i].target { list.append(target) } }
    removeAll()
  }
}

/// Tensors that a gradient needs, with the version each had; inline for up to three, and not copyable as edges.
struct SavedList: ~Copyable {
  struct Entry {
    var tensor: Tensor?
    var version: UInt32 = 0
    /// Output of the node itself: kept without its history, or node and output would own each other.
    var isOutput = false
  }
  private(set) var count = 0
  private var first = Entry()
  private var second = Entry()
  private var third = Entry()
  private var rest: Overflow<Entry>?

  @inline(__always) init() {}

  @inline(__always)
  mutating func append(_ tensor: Tensor, isOutput: Bool = false) {
    let kept = isOutput ? tensor.alias() : tensor
    if isOutput { kept.outputIndex = tensor.outputIndex }
    let entry = Entry(tensor: kept, version: tensor.storage.version, isOutput: isOutput)
    switch count {
    case 0: first = entry
    case 1: second = entry
    case 2: third = entry
    default: Overflow.append(entry, to: &rest)
    }
    count += 1
  }

  /// Gives the inputs that lie in a storage the version it had before the operation changed it.
  mutating func predate(_ storage: Storage, to version: UInt32) {
    func fix(_ entry: inout Entry) {
      if !entry.isOutput, entry.tensor?.storage === storage { entry.version = version }
    }
    fix(&first)
    fix(&second)
    fix(&third)
    if let rest { for i in rest.elements.indices { fix(&rest.elements[i]) } }
  }

  @inline(__always)
  subscript(index: Int) -> Entry {
    switch index {
    case 0: first
    case 1: second
    case 2: third
    default: rest.unsafelyUnwrapped.elements[index - 3]
    }
  }

  @inline(__always)
  mutating func removeAll() {
    if count == 0 { return }
    first.tensor = nil
    if count > 1 { second.tensor = nil }
    if count > 2 {
      third.tensor = nil
      rest = nil
    }
    count = 0
  }

  mutating func handOver(to list: inout [AnyObject]) {
    for i in 0..<count { if let tensor = self[i].tensor { list.append(tensor) } }
    removeAll()
  }
}
