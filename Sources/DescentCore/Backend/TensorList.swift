/// The operands of one call, inline for up to four: no heap array on the path of small tensors.
struct TensorList {
  private(set) var count: Int
  private var first: Tensor?
  private var second: Tensor?
  private var third: Tensor?
  private var fourth: Tensor?
  private var rest: Overflow<Tensor>?

  @inline(__always)
  init() { count = 0 }

  @inline(__always)
  init(_ a: Tensor, _ b: Tensor? = nil, _ c: Tensor? = nil, _ d: Tensor? = nil) {
    first = a
    second = b
    third = c
    fourth = d
    count = d != nil ? 4 : c != nil ? 3 : b != nil ? 2 : 1
  }

  init(_ tensors: [Tensor]) {
    count = 0
    for tensor in tensors { append(tensor) }
  }

  mutating func append(_ tensor: Tensor) {
    switch count {
    case 0: first = tensor
    case 1: second = tensor
    case 2: third = tensor
    case 3: fourth = tensor
    default: Overflow.append(tensor, to: &rest)
    }
    count += 1
  }

  @inline(__always)
  subscript(index: Int) -> Tensor {
    switch index {
    case 0: first.unsafelyUnwrapped
    case 1: second.unsafelyUnwrapped
    case 2: third.unsafelyUnwrapped
    case 3: fourth.unsafelyUnwrapped
    default: rest.unsafelyUnwrapped.elements[index - 4]
    }
  }

  var array: [Tensor] { (0..<count).map { self[$0] } }
}
