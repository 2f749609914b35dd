/// The sizes of a tensor's dimensions: a small collection of Ints that lives inline.
///
/// ```swift
/// let x = Tensor.zeros(2, 3)
/// print(x.shape)       // torch.Size([2, 3])
/// print(x.shape[-1])   // 3
/// ```
/// A tensor has at most 8 dimensions (`Shape.maxDims`).
///
/// - Source: torch.Size
public struct Shape: Sendable {
  /// The largest number of dimensions.
  public static let maxDims = 8

  public private(set) var count: Int
  private var values: (Int, Int, Int, Int, Int, Int, Int, Int)

  /// The shape of a 0-d tensor.
  @inline(__always)
  public init() {
    count = 0
    values = (0, 0, 0, 0, 0, 0, 0, 0)
  }

  @inline(__always)
  init(repeating value: Int, count: Int) {
    self.count = count
    values = (value, value, value, value, value, value, value, value)
  }

  /// The shape of a matrix.
  @inline(__always)
  init(_ rows: Int, _ columns: Int) {
    count = 2
    values = (rows, columns, 0, 0, 0, 0, 0, 0)
  }

  /// - Precondition: at most 8 sizes: `shape: a tensor has at most 8 dimensions. …`
  public init(
    _ sizes: some Sequence<Int>, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init()
    for size in sizes { append(size, file: file, line: line) }
  }

  /// - Precondition: at most 8 sizes.
  init(_ sizes: UnsafeBufferPointer<Int>) {
    self.init()
    for size in sizes { append(size) }
  }

  public mutating func append(
    _ size: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    guard count < Shape.maxDims else {
      Misuse(
        "shape", "a tensor has at most \(Shape.maxDims) dimensions", got: "more than that",
        try: "merging dimensions with flatten or reshape"
      ).raise(file: file, line: line)
      return
    }
    count += 1
    self[count - 1] = size
  }

  mutating func insert(_ size: Int, at index: Int) {
    append(size)
    var i = count - 1
    while i > index {
      self[i] = self[i - 1]
      i -= 1
    }
    self[index] = size
  }

  @inline(__always)
  mutating func remove(at index: Int) {
    precondition(index >= 0 && index < count, "Shape: index out of range")
    withUnsafeMutablePointer(to: &values) {
      let sizes = UnsafeMutableRawPointer($0).assumingMemoryBound(to: Int.self)
      for i in index..<(count - 1) { sizes[i] = sizes[i + 1] }
    }
    count -= 1
  }

  /// The number of elements: the product of the sizes, 1 for a 0-d tensor.
  @inline(__always)
  public var elementCount: Int {
    var product = 1
    for i in 0..<count { product &*= self[i] }
    return product
  }

  /// Whether these are sizes of a tensor (none is -1) of so many elements.
  @inline(__always)
  static func fills(_ sizes: UnsafeBufferPointer<Int>, _ total: Int) -> Bool {
    var product = 1
    for size in sizes {
      if size < 0 { return false }
      product &*= size
    }
    return product == total && sizes.count <= maxDims
  }

  /// Takes over at most 8 sizes, in place.
  @inline(__always)
  mutating func assign(_ sizes: UnsafeBufferPointer<Int>) {
    precondition(sizes.count <= Shape.maxDims, "Shape: too many dimensions")
    count = sizes.count
    withUnsafeMutablePointer(to: &values) {
      let own = UnsafeMutableRawPointer($0).assumingMemoryBound(to: Int.self)
      for i in 0..<sizes.count { own[i] = sizes[i] }
    }
  }

  /// PyTorch's `numel()`.
  public func numel() -> Int { elementCount }

  /// Calls `body` with the address of the sizes.
  @inline(__always)
  func withUnsafeSizes<R>(_ body: (UnsafePointer<Int>) -> R) -> R {
    withUnsafePointer(to: values) {
      $0.withMemoryRebound(to: Int.self, capacity: Shape.maxDims) { body($0) }
    }
  }
}

extension Shape: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  /// The size of a dimension; a negative index counts from the end.
  @inline(__always)
  public subscript(index: Int) -> Int {
    @inline(__always)
    get {
      let i = index < 0 ? index + count : index
      precondition(i >= 0 && i < count, "Shape: index out of range")
      return withUnsafePointer(to: values) {
        UnsafeRawPointer($0).assumingMemoryBound(to: Int.self)[i]
      }
    }
    @inline(__always)
    set {
      let i = index < 0 ? index + count : index
      precondition(i >= 0 && i < count, "Shape: index out of range")
      withUnsafeMutablePointer(to: &values) {
        UnsafeMutableRawPointer($0).assumingMemoryBound(to: Int.self)[i] = newValue
      }
    }
  }
}

extension Shape: Hashable {
  @inline(__always)
  public static func == (a: Shape, b: Shape) -> Bool {
    if a.count != b.count { return false }
    for i in 0..<a.count where a[i] != b[i] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for size in self { hasher.combine(size) }
  }
}

extension Shape: ExpressibleByArrayLiteral {
  // A literal cannot tell where it stands.
  public init(arrayLiteral sizes: Int...) { self.init(sizes, file: "", line: 0) }
}

extension Shape: CustomStringConvertible {
  public var description: String { "torch.Size(\(brackets))" }

  /// The sizes as messages show them: `[2, 3]`.
  package var brackets: String { "[" + map { "\($0)" }.joined(separator: ", ") + "]" }
}
