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

/// The edges of a node, inline for up to three inputs.
struct EdgeList {
  private(set) var count = 0
  fileprivate var first = Edge.none
  fileprivate var second = Edge.none
  fileprivate var third = Edge.none
  fileprivate var rest: Overflow<Edge>?

  @inline(__always) init() {}

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
    index == 0
      ? first
      : index == 1
        ? second : index == 2 ? third : rest.unsafelyUnwrapped.elements[index - 3]
  }

  /// Whether releasing this list can release another node.
  @inline(__always)
  var ownsNodes: Bool {
    (first.target != nil && !first.isLeaf) || (second.target != nil && !second.isLeaf)
      || (third.target != nil && !third.isLeaf) || rest != nil
  }

  /// Lets go of everything, entry by entry: assigning an empty list would copy this one first.
  @inline(__always)
  mutating func removeAll() {
    first = .none
    second = .none
    third = .none
    rest = nil
    count = 0
  }

  mutating func handOver(to list: inout [AnyObject]) {
    for i in 0..<count { if let target = self[i].target { list.append(target) } }
    removeAll()
  }
}

/// Tensors that a gradient needs, with the version each had; inline for up to three.
struct SavedList {
  struct Entry {
    var tensor: Tensor?
    var version: UInt32 = 0
    /// Output of the node itself: kept without its history, or node and output would own each other.
    var isOutput = false
  }
  private(set) var count = 0
  fileprivate var first = Entry()
  fileprivate var second = Entry()
  fileprivate var third = Entry()
  fileprivate var rest: Overflow<Entry>?

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
    index == 0
      ? first
      : index == 1
        ? second : index == 2 ? third : rest.unsafelyUnwrapped.elements[index - 3]
  }

  /// Lets go of everything, entry by entry: assigning an empty list would copy this one first.
  @inline(__always)
  mutating func removeAll() {
    first.tensor = nil
    second.tensor = nil
    third.tensor = nil
    rest = nil
    count = 0
  }

  mutating func handOver(to list: inout [AnyObject]) {
    for i in 0..<count { if let tensor = self[i].tensor { list.append(tensor) } }
    removeAll()
  }
}

// One entry of a node's list: read through the list itself, the whole list would be copied and counted.
extension Node {
  @inline(__always)
  final func edge(_ index: Int) -> Edge {
    switch index {
    case 0: edges.first
    case 1: edges.second
    case 2: edges.third
    default: edges.rest.unsafelyUnwrapped.elements[index - 3]
    }
  }

  @inline(__always)
  final func savedEntry(_ index: Int) -> SavedList.Entry {
    switch index {
    case 0: saved.first
    case 1: saved.second
    case 2: saved.third
    default: saved.rest.unsafelyUnwrapped.elements[index - 3]
    }
  }
}
