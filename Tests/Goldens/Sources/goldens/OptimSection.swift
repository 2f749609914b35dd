import Descent

/// optim.json: the paths of two parameters under given gradients, and in a closed loop.
let optimSection = Section(name: "optim") { folder in
  let fixture = try folder.fixture("optim/optim.safetensors")
  return try (folder.json("optim.json")["cases"]?.elements ?? []).map { entry in
    { reporter in
      let keywords = (entry["kwargs"]?.members ?? []).map { "\($0.key)=\($0.value.double ?? .nan)" }
      let label = "\(entry["key"]?.string ?? "") \(keywords.joined(separator: " "))"
      reporter.check("optim", label) { try OptimCheck(entry: entry, fixture: fixture).run() }
    }
  }
}

private struct OptimCheck {
  let entry: Value
  let fixture: Fixture

  func run() throws -> String? {
    fixture.begin()
    let weight = try fixture.stored("W0").requiresGrad_()
    let bias = try fixture.stored("b0").requiresGrad_()
    let name = entry["opt"]?.string ?? ""
    let arguments = Arguments([], entry["kwargs"]?.members ?? [], fixture)
    let parameters = entry["params"]?.elements.count == 1 ? [weight] : [weight, bias]
    let optimizer = try makeOptimizer(name, parameters, arguments)
    try arguments.requireAllRead()
    let (x, y) = (try fixture.stored("X"), try fixture.stored("Y"))
    let (weightGradients, biasGradients) = (try fixture.stored("gW"), try fixture.stored("gb"))
    var path: (weights: [Tensor], biases: [Tensor], losses: [Double]) = ([], [], [])
    for step in 0..<(entry["steps"]?.int ?? 0) {
      if entry["mode"]?.string == "given_grads" {
        weight.grad = weightGradients.select(0, step).clone()
        bias.grad = biasGradients.select(0, step).clone()
        optimizer.step()
      } else {
        optimizer.zeroGrad()
        let loss = ((x.matmul(weight) + bias).tanh() - y).square().mean()
        loss.backward()
        path.losses.append(loss.item())
        optimizer.step()
      }
      path.weights.append(weight.detach().clone())
      path.biases.append(bias.detach().clone())
    }
    let key = entry["key"]?.string ?? ""
    let tolerance = Tolerance(error: 1e-6)
    let weights = try fixture.stored(key + ".W")
    if let problem = difference(Tensor.stack(path.weights), weights, tolerance) {
      return "W: \(problem)"
    }
    if parameters.count > 1 {
      let biases = try fixture.stored(key + ".b")
      if let problem = difference(Tensor.stack(path.biases), biases, tolerance) {
        return "b: \(problem)"
      }
    }
    let losses = (entry["losses"]?.elements ?? []).compactMap(\.double)
    for (step, (got, wanted)) in zip(path.losses, losses).enumerated()
    where abs(got - wanted) > max(2e-5, 2e-5 * abs(wanted)) {
      return "the loss of step \(step) is \(got), expected \(wanted)"
    }
    let state = optimizer.stateDict()
    for (name, value) in entry["final_state"]?.members ?? [] {
      let wanted = try fixture.stored(value.string ?? "")
      guard let got = state["state." + name] else { return "the state has no \(name)" }
      if let problem = difference(got, wanted, tolerance) { return "state \(name): \(problem)" }
    }
    return nil
  }
}

private func makeOptimizer(_ name: String, _ parameters: [Tensor], _ a: Arguments) throws
  -> Optimizer
{
  func number(_ key: String, _ fallback: Double) throws -> Double {
    try a.double(nil, key, fallback)
  }
  func flag(_ key: String) throws -> Bool { try a.bool(nil, key, false) }
  func pair(_ key: String, _ fallback: (Double, Double)) throws -> (Double, Double) {
    guard let values = a.value(nil, key)?.sequence?.compactMap(\.double) else { return fallback }
    return (values[0], values[1])
  }
  func betas() throws -> (Double, Double) { try pair("betas", (0.9, 0.999)) }
  func decay(_ fallback: Double = 0) throws -> Double { try number("weight_decay", fallback) }
  let maximize = try flag("maximize")
  switch name {
  case "SGD":
    return SGD(
      parameters, lr: try number("lr", 1e-3), momentum: try number("momentum", 0),
      dampening: try number("dampening", 0), weightDecay: try decay(),
      nesterov: try flag("nesterov"),
      maximize: maximize)
  case "Adam":
    return Adam(
      parameters, lr: try number("lr", 1e-3), betas: try betas(), eps: try number("eps", 1e-8),
      weightDecay: try decay(), amsgrad: try flag("amsgrad"), maximize: maximize)
  case "AdamW":
    return AdamW(
      parameters, lr: try number("lr", 1e-3), betas: try betas(), eps: try number("eps", 1e-8),
      weightDecay: try decay(1e-2), amsgrad: try flag("amsgrad"), maximize: maximize)
  case "RMSprop":
    return RMSprop(
      parameters, lr: try number("lr", 1e-2), alpha: try number("alpha", 0.99),
      eps: try number("eps", 1e-8), weightDecay: try decay(), momentum: try number("momentum", 0),
      centered: try flag("centered"), maximize: maximize)
  case "Adagrad":
    return Adagrad(
      parameters, lr: try number("lr", 1e-2), lrDecay: try number("lr_decay", 0),
      weightDecay: try decay(), initialAccumulatorValue: try number("initial_accumulator_value", 0),
      eps: try number("eps", 1e-10), maximize: maximize)
  case "Adadelta":
    return Adadelta(
      parameters, lr: try number("lr", 1), rho: try number("rho", 0.9),
      eps: try number("eps", 1e-6),
      weightDecay: try decay(), maximize: maximize)
  case "Adamax":
    return Adamax(
      parameters, lr: try number("lr", 2e-3), betas: try betas(), eps: try number("eps", 1e-8),
      weightDecay: try decay(), maximize: maximize)
  case "NAdam":
    return NAdam(
      parameters, lr: try number("lr", 2e-3), betas: try betas(), eps: try number("eps", 1e-8),
      weightDecay: try decay(), momentumDecay: try number("momentum_decay", 4e-3),
      decoupledWeightDecay: try flag("decoupled_weight_decay"), maximize: maximize)
  case "RAdam":
    return RAdam(
      parameters, lr: try number("lr", 1e-3), betas: try betas(), eps: try number("eps", 1e-8),
      weightDecay: try decay(), decoupledWeightDecay: try flag("decoupled_weight_decay"),
      maximize: maximize)
  case "ASGD":
    return ASGD(
      parameters, lr: try number("lr", 1e-2), lambd: try number("lambd", 1e-4),
      alpha: try number("alpha", 0.75), t0: try number("t0", 1e6), weightDecay: try decay(),
      maximize: maximize)
  case "Rprop":
    return Rprop(
      parameters, lr: try number("lr", 1e-2), etas: try pair("etas", (0.5, 1.2)),
      stepSizes: try pair("step_sizes", (1e-6, 50)), maximize: maximize)
  default: throw Refusal.unsupported("no optimizer \(name)")
  }
}
