import CDescent
import Synchronization

/// One instruction of a program: the C list `DSC_INSTRUCTIONS` is its only declaration.
typealias Instruction = DscOp

/// A value inside a fused pointwise operation: an input, a scalar, a constant or an instruction's result.
///
/// Terms are what the closure of `Pointwise` computes with. They form a graph of shared, immutable
/// nodes that a `Program` lowers to instructions and differentiates. Operators and functions on terms
/// follow those of tensors: `x * tanh(y) + 1`, `where(x > 0, x, 0.1 * x)`.
public final class Term: Sendable {
  enum Kind: Sendable {
    /// Bound by the program: an input (`isMask`: of bool) or a scalar.
    case leaf(isMask: Bool)
    case constant(Double)
    case apply(Instruction, [Term])
  }

  let kind: Kind
  /// Creation number: operands come before results, so sorting by it is a topological order.
  let number: Int

  private static let counter = Atomic<Int>(0)

  init(_ kind: Kind) {
    self.kind = kind
    number = Term.counter.add(1, ordering: .relaxed).newValue
  }

  static func input(isMask: Bool = false) -> Term { Term(.leaf(isMask: isMask)) }
  static func constant(_ value: Double) -> Term { Term(.constant(value)) }

  static func apply(_ op: Instruction, _ operands: Term...) -> Term { Term(.apply(op, operands)) }

  var constantValue: Double? {
    if case .constant(let value) = kind { value } else { nil }
  }

  /// Whether the value is a mask in every program: the result of a comparison or of logic on masks.
  var isMask: Bool {
    switch kind {
    case .leaf(let isMask): isMask
    case .constant: false
    case .apply(let op, let operands):
      switch op {
      case .eq, .ne, .lt, .le, .gt, .ge, .isNaN, .isInf, .signbit, .toBool: true
      case .bitAnd, .bitOr, .bitXor, .bitNot: operands[0].isMask
      case .select: operands[1].isMask
      default: false
      }
    }
  }

  /// All terms that these outputs need, operands first; terms in `leaves` are not looked into.
  ///
  /// They are put in order as they are met: programs are short, so lists beat sets and sorting.
  static func schedule(_ outputs: [Term], leaves: [Term]) -> [Term] {
    var found: [Term] = []
    var stack = outputs
    while let term = stack.popLast() {
      if found.contains(where: { $0 === term }) { continue }
      found.append(term)
      var place = found.count - 1
      while place > 0 && found[place - 1].number > term.number {
        found.swapAt(place, place - 1)
        place -= 1
      }
      if leaves.contains(where: { $0 === term }) { continue }
      if case .apply(_, let operands) = term.kind { stack.append(contentsOf: operands) }
    }
    return found
  }
}
