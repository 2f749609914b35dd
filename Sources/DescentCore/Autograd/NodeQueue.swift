/// The nodes of a backward pass that wait for their turn: a heap ordered by creation number, the youngest first.
struct NodeQueue {
  private var heap: [Node] = []

  var capacity: Int { heap.capacity }

  @inline(__always)
  mutating func push(_ node: Node) {
    node.isQueued = true
    heap.append(node)
    var i = heap.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      if heap[parent].sequence >= heap[i].sequence { break }
      heap.swapAt(i, parent)
      i = parent
    }
  }

  @inline(__always)
  mutating func pop() -> Node? {
    if heap.isEmpty { return nil }
    if heap.count == 1 {
      let node = heap.removeLast()
      node.isQueued = false
      return node
    }
    heap.swapAt(0, heap.count - 1)
    let node = heap.removeLast()
    node.isQueued = false
    var i = 0
    while true {
      var child = 2 * i + 1
      if child >= heap.count { break }
      if child + 1 < heap.count && heap[child + 1].sequence > heap[child].sequence { child += 1 }
      if heap[i].sequence >= heap[child].sequence { break }
      heap.swapAt(i, child)
      i = child
    }
    return node
  }
}
