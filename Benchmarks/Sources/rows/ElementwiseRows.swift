import Descent

private let count = 10_000_000

/// B1: tanh(1.5 x + 0.5) sigmoid(x) + x x over ten million elements, in plain operators and as one
/// `Pointwise`; single operations.
@MainActor let elementwiseRows: [Row] = [
  chain("B1-chain", count), chain("B1-chain-quarter", count / 4), chain("B1-chain-x4", count * 4),
  Row("B1-chain-grad") {
    let x = Tensor.randn(count).requiresGrad_()
    return withBackward([x], Tensor.ones(count)) { (1.5 * x + 0.5).tanh() * x.sigmoid() + x * x }
  },
  Row("B1-pointwise") {
    let x = Tensor.randn(count)
    let formula = Pointwise("chain") { x in tanh(1.5 * x + 0.5) * sigmoid(x) + x * x }
    return { formula(x) }
  },
  Row("B1-pointwise-grad") {
    let x = Tensor.randn(count).requiresGrad_()
    let formula = Pointwise("chain") { x in tanh(1.5 * x + 0.5) * sigmoid(x) + x * x }
    return withBackward([x], Tensor.ones(count)) { formula(x) }
  },
  unary("add") { $0 + $0 }, unary("exp") { $0.exp() }, unary("tanh") { $0.tanh() },
  unary("relu") { $0.relu() }, unary("gelu") { $0.gelu() }, unary("sum") { $0.sum() },
]

@MainActor private func chain(_ name: String, _ count: Int) -> Row {
  Row(name) {
    let x = Tensor.randn(count)
    return { (1.5 * x + 0.5).tanh() * x.sigmoid() + x * x }
  }
}

@MainActor private func unary(_ name: String, _ body: @escaping (Tensor) -> Tensor) -> Row {
  Row("B1-\(name)") {
    let x = Tensor.randn(count)
    return { body(x) }
  }
}
