/// How a tensor lies in its storage: sizes, strides and offset, all in elements.
///
/// A layout is a pure value; every view is arithmetic on it. Functions here neither check user
/// input nor touch memory: the rules that refuse a call are in `Checks/`.
struct Layout: Sendable {
  var shape: Shape
  var strides: Shape
  var offset: Int

  /// A row-major layout from the start of a storage.
  @inline(__always)
  init(contiguous shape: Shape) {
    self.shape = shape
    strides = Layout.contiguousStrides(shape)
    offset = 0
  }

  @inline(__always)
  init(shape: Shape, strides: Shape, offset: Int) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  @inline(__always)
  static func contiguousStrides(_ shape: Shape) -> Shape {
    var strides = shape
    var step = 1
    var i = shape.count - 1
    while i >= 0 {
      strides[i] = step
      step &*= Swift.max(shape[i], 1)
      i -= 1
    }
    return strides
  }

  @inline(__always) var dims: Int { shape.count }
  @inline(__always) var elementCount: Int { shape.elementCount }

  /// Whether this is one element that broadcasts to another layout's shape as it is.
  @inline(__always)
  func isSingle(within other: Layout) -> Bool { dims <= other.dims && elementCount == 1 }

  /// One element seen at every place: what a gradient of a sum is.
  @inline(__always)
  var isRepeated: Bool {
    for i in 0..<shape.count where strides[i] != 0 && shape[i] != 1 { return false }
    return true
  }

  /// Row-major without gaps. Dimensions of size 1 may have any stride; empty layouts are contiguous.
  @inline(__always)
  var isContiguous: Bool {
    var step = 1
    var i = shape.count - 1
    while i >= 0 {
      let size = shape[i]
      if size != 1 {
        if size == 0 { return true }
        if strides[i] != step { return false }
        step &*= size
      }
      i -= 1
    }
    return true
  }

  /// Covers a block of memory exactly once, in some order of the dims (contiguous after a permute).
  var isDense: Bool {
    elementCount == 0 || dense.map(lies(as:)) ?? false
  }

  /// Whether every element has the place that a layout of the same shape gives it, from wherever each begins.
  func lies(as other: Layout) -> Bool {
    if elementCount == 0 { return true }
    for i in 0..<dims where shape[i] != 1 && strides[i] != other.strides[i] { return false }
    return true
  }

  /// Without gaps, the dims in the order in which they lie here. nil if elements are repeated, which says
  /// nothing about an order.
  var dense: Layout? {
    if isContiguous { return Layout(contiguous: shape) }
    var result = Layout(contiguous: shape)
    var order = shape
    for i in 0..<dims {
      if strides[i] == 0 && shape[i] > 1 { return nil }
      var at = i
      while at > 0 && abs(strides[order[at - 1]]) < abs(strides[i]) {
        order[at] = order[at - 1]
        at -= 1
      }
      order[at] = i
    }
    var step = 1
    for i in (0..<dims).reversed() {
      let dim = order[i]
      // The stride of a single element means nothing; it stays.
      result.strides[dim] = shape[dim] == 1 ? strides[dim] : step
      step &*= Swift.max(shape[dim], 1)
    }
    return result
  }

  /// How a copy of these elements lies (`torch.preserve_format`).
  @inline(__always)
  var preserved: Layout {
    if isContiguous { return Layout(contiguous: shape) }
    return dense ?? Layout(contiguous: shape)
  }

  /// Whether two positions may share an element: a stride of 0 in a dim larger than 1. (Overlapping
  /// windows made by `asStrided` or `unfold` are found as well, conservatively.)
  var mayOverlapItself: Bool { !isContiguous && overlapsByStrides }

  private var overlapsByStrides: Bool {
    let order = (0..<dims).filter { shape[$0] > 1 }.sorted { abs(strides[$0]) < abs(strides[$1]) }
    var reach = 0
    for i in order {
      if abs(strides[i]) <= reach { return true }
      reach += abs(strides[i]) * (shape[i] - 1)
    }
    return false
  }

  /// The lowest and one past the highest element touched, relative to the storage.
  var extent: Range<Int> {
    if elementCount == 0 { return offset..<offset }
    var low = offset
    var high = offset
    for i in 0..<dims {
      let reach = (shape[i] - 1) * strides[i]
      if reach < 0 { low += reach } else { high += reach }
    }
    return low..<(high + 1)
  }

  // MARK: views

  func permuted(_ order: [Int]) -> Layout {
    var result = self
    for (i, d) in order.enumerated() {
      result.shape[i] = shape[d]
      result.strides[i] = strides[d]
    }
    return result
  }

  func transposed(_ a: Int, _ b: Int) -> Layout {
    var result = self
    result.shape[a] = shape[b]
    result.shape[b] = shape[a]
    result.strides[a] = strides[b]
    result.strides[b] = strides[a]
    return result
  }

  /// `shape` with 1 inserted at `dim`.
  func unsqueezed(_ dim: Int) -> Layout {
    var result = self
    let stride = dim < dims ? strides[dim] * shape[dim] : 1
    result.shape.insert(1, at: dim)
    result.strides.insert(stride, at: dim)
    return result
  }

  func removing(_ dim: Int) -> Layout {
    var result = self
    result.shape.remove(at: dim)
    result.strides.remove(at: dim)
    return result
  }

  /// Position `index` of dim: one dim less.
  func selecting(_ dim: Int, _ index: Int) -> Layout {
    var result = self
    result.select(dim, index)
    return result
  }

  /// The same in place.
  @inline(__always)
  mutating func select(_ dim: Int, _ index: Int) {
    offset += index * strides[dim]
    shape.remove(at: dim)
    strides.remove(at: dim)
  }

  /// Other sizes of as many elements, in place, for a contiguous layout.
  @inline(__always)
  mutating func reshape(_ sizes: UnsafeBufferPointer<Int>) {
    shape.assign(sizes)
    strides.assign(sizes)
    var step = 1
    var i = sizes.count - 1
    while i >= 0 {
      strides[i] = step
      step &*= Swift.max(sizes[i], 1)
      i -= 1
    }
  }

  func narrowed(_ dim: Int, start: Int, length: Int, step: Int = 1) -> Layout {
    var result = self
    result.offset += start * strides[dim]
    result.shape[dim] = length
    result.strides[dim] = strides[dim] * step
    return result
  }

  /// Broadcast to a shape that this layout's shape is compatible with: stride 0 where repeated.
  @inline(__always)
  func expanded(to target: Shape) -> Layout {
    var result = Layout(shape: target, strides: target, offset: offset)
    let shift = target.count - dims
    for i in 0..<target.count {
      let own = i - shift
      result.strides[i] = own < 0 || (shape[own] == 1 && target[i] != 1) ? 0 : strides[own]
    }
    return result
  }

  /// The strides that view the same elements in row-major order under another shape, or nil if
  /// that needs a copy.
  func viewed(as target: Shape) -> Layout? {
    if elementCount == 0 || isContiguous {
      return Layout(
        shape: target, strides: Layout.contiguousStrides(target), offset: offset)
    }
    // Walk the source (without its dims of size 1) from the end in chunks of dims that lie in one
    // arithmetic progression; the target's dims must divide each chunk exactly.
    var sizes = Shape()
    var steps = Shape()
    for i in 0..<dims where shape[i] != 1 {
      sizes.append(shape[i])
      steps.append(strides[i])
    }
    var result = Layout(
      shape: target, strides: Shape(repeating: 1, count: target.count), offset: offset)
    var t = target.count - 1
    var i = sizes.count - 1
    while i >= 0 {
      let step = steps[i]
      var chunk = sizes[i]
      while i > 0 && steps[i - 1] == chunk * step {
        i -= 1
        chunk *= sizes[i]
      }
      var covered = 1
      while t >= 0 && (covered < chunk || target[t] == 1) {
        result.strides[t] = covered * step
        covered *= target[t]
        t -= 1
      }
      if covered != chunk { return nil }
      i -= 1
    }
    return result
  }
}
