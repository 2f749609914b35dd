/// A fused elementwise operation with automatic gradients to any order.
///
/// The closure is run once, on terms, and becomes one pass over memory, however long the formula:
/// ```swift
/// let mish = Pointwise("mish") { x in x * tanh(softplus(x)) }
/// let y = mish(Tensor([0.0, 1.0], requiresGrad: true))
/// print(y)  // tensor([0.0000, 0.8651], grad_fn=<MishBackward0>)
/// ```
/// Operands broadcast and promote as in every operation; integers become float32 unless `result` says
/// otherwise. Derivatives come from one table of local rules (`PointwiseDerivatives.swift`).
/// Every elementwise operation of `Tensor` is one of these.
public final class Pointwise: Sendable {
  /// What dtype the result has.
  public enum Result: Sendable {
    /// The promoted dtype of the operands: arithmetic.
    case promoted
    /// The promoted dtype, float32 for integers and bool: `exp`, `sqrt`.
    case floating
    /// bool; computed in the promoted dtype: comparisons.
    case bool
  }

  /// Operands that an operation refuses although its instructions could take them.
  enum Domain: Sendable {
    case any
    /// No operand may be of bool: subtraction.
    case withoutBool
    /// Not computed in bool.
    case numbers
    /// Computed in floating point without conversion of integers.
    case floating
    /// Integers and bool.
    case bits
    /// Integers.
    case integers

    @inline(__always)
    var refusesFloating: Bool { self == .bits || self == .integers }
  }

  /// Gradients of the inputs from the inputs, the scalars and the incoming gradient. nil: none flows.
  typealias GradientRule = @Sendable (_ x: [Term], _ s: [Term], _ g: Term) -> [Term?]

  public let name: String
  private let node: String?
  let result: Result
  let program: Program
  let domain: Domain
  /// A gradient given by hand, where the local rules would not give PyTorch's value (at a kink, or where
  /// a factor overflows): gradients of the inputs from inputs, scalars and the incoming gradient.
  let gradientRule: GradientRule?
  /// Whether scalars count in promotion, as operands do; parameters (a slope, a weight) do not.
  let scalarsPromote: Bool
  /// Whether results join the graph: not those of comparisons and of integer division.
  let isDifferentiable: Bool
  let derivatives = DerivativeTable()
  /// Plans of losses, whose elements are not stored.
  let lossDerivatives = DerivativeTable(keepsOutput: false)

  /// - Parameters:
  ///   - name: in snake or camel case; `gradFn` shows it as `<NameBackward0>`.
  public convenience init(
    _ name: String, result: Result = .floating, _ body: (Term) -> Term
  ) {
    let x = Term.input()
    self.init(name, result: result, inputs: [x], output: body(x))
  }

  public convenience init(
    _ name: String, result: Result = .floating, _ body: (Term, Term) -> Term
  ) {
    let x = Term.input()
    let y = Term.input()
    self.init(name, result: result, inputs: [x, y], output: body(x, y))
  }

  public convenience init(
    _ name: String, result: Result = .floating, _ body: (Term, Term, Term) -> Term
  ) {
    let x = Term.input()
    let y = Term.input()
    let z = Term.input()
    self.init(name, result: result, inputs: [x, y, z], output: body(x, y, z))
  }

  /// The general form: inputs (`masks`: those of bool) and scalars given at each call.
  convenience init(
    _ name: String, result: Result = .floating, inputs: Int, masks: Set<Int> = [], scalars: Int,
    node: String? = nil, domain: Domain = .any, scalarsPromote: Bool = true,
    isDifferentiable: Bool = true, gradient: GradientRule? = nil, _ body: ([Term], [Term]) -> Term
  ) {
    let inputs = (0..<inputs).map { Term.input(isMask: masks.contains($0)) }
    let scalars = (0..<scalars).map { _ in Term.input() }
    let output = body(inputs, scalars)
    self.init(
      name, result: result, inputs: inputs, scalars: scalars, output: output, node: node,
      domain: domain, scalarsPromote: scalarsPromote, isDifferentiable: isDifferentiable,
      gradient: gradient)
  }

  /// One input, with what the public form leaves out.
  convenience init(
    _ name: String, result: Result = .floating, node: String? = nil, domain: Domain = .any,
    isDifferentiable: Bool = true,
    gradient: (@Sendable (_ x: Term, _ g: Term) -> Term)? = nil, _ body: (Term) -> Term
  ) {
    let x = Term.input()
    var rule: GradientRule?
    if let gradient { rule = { x, _, g in [gradient(x[0], g)] } }
    self.init(
      name, result: result, inputs: [x], output: body(x), node: node, domain: domain,
      isDifferentiable: isDifferentiable, gradient: rule)
  }

  init(
    _ name: String, result: Result = .promoted, inputs: [Term], scalars: [Term] = [], output: Term,
    node: String? = nil, domain: Domain = .any, scalarsPromote: Bool = true,
    isDifferentiable: Bool = true, gradient: GradientRule? = nil
  ) {
    self.name = name
    self.node = node
    self.result = result
    self.domain = domain
    self.scalarsPromote = scalarsPromote
    self.isDifferentiable = isDifferentiable && result != .bool
    gradientRule = gradient
    program = Program(inputs: inputs, scalars: scalars, outputs: [output])
  }

  /// `leaky_relu` and `leakyRelu` give `LeakyReluBackward0`.
  var nodeName: String {
    if let node { return node }
    var text: [UInt8] = []
    var beginsWord = true
    for letter in name.utf8 {
      defer { beginsWord = letter == UInt8(ascii: "_") }
      if letter == UInt8(ascii: "_") { continue }
      let isLower = letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
      text.append(beginsWord && isLower ? letter - 32 : letter)
    }
    return String(decoding: text, as: UTF8.self) + "Backward0"
  }
}
