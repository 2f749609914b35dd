import Descent

/// B9: one step over ten million parameters in a hundred tensors.
@MainActor let optimizerRows: [Row] = [
  row("sgd-momentum") { SGD($0, lr: 1e-3, momentum: 0.9) }, row("adam") { Adam($0, lr: 1e-3) },
  row("adamw") { AdamW($0, lr: 1e-3) },
]

@MainActor private func row(_ name: String, _ make: @escaping ([Tensor]) -> Optimizer) -> Row {
  Row("B9-\(name)") {
    let parameters = (0..<100).map { _ in Tensor.randn(100_000).requiresGrad_() }
    for parameter in parameters { parameter.grad = Tensor.randn(100_000) }
    let optimizer = make(parameters)
    return {
      optimizer.step()
      return parameters[99]
    }
  }
}
