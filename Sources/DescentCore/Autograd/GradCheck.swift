// Gradients compared with differences.

/// What `gradCheck` found: whether all derivatives agree, and the one that agrees least.
public struct GradCheckReport: CustomStringConvertible, Sendable {
  public fileprivate(set) var passed = true
  /// The positions, in row-major order, of the worst derivative: d output[element] / d input[element].
  public fileprivate(set) var worst:
    (output: Int, outputElement: Int, input: Int, inputElement: Int) = (0, 0, 0, 0)
  public fileprivate(set) var analytic = 0.0
  public fileprivate(set) var numeric = 0.0
  fileprivate var excess = -Double.infinity

  public var description: String {
    "gradCheck \(passed ? "passed" : "failed"), worst: d output \(worst.output)[\(worst.outputElement)]"
      + " / d input \(worst.input)[\(worst.inputElement)] is \(analytic) by backward, "
      + "\(numeric) by differences"
  }
}

/// Compares backward with central differences, (f(x + eps) - f(x - eps)) / (2 eps), for every pair of
/// output and input elements.
///
/// |backward - difference| must be within atol + rtol |difference|.
/// ```swift
/// let report = gradCheck([x, y]) { [$0[0].matmul($0[1])] }
/// print(report.passed)
/// ```
/// - Parameters:
///   - inputs: float64; those that require gradients are checked.
/// - Precondition: `gradCheck: inputs must be float64, as differences need its precision. Got float32. …`
/// - Source: torch.autograd.gradcheck
public func gradCheck(
  _ inputs: [Tensor], eps: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
  file: StaticString = #fileID, line: UInt = #line, _ function: ([Tensor]) -> [Tensor]
) -> GradCheckReport {
  var report = GradCheckReport()
  for input in inputs where input.requiresGrad && input.dtype != .float64 {
    Misuse(
      "gradCheck", "inputs must be float64, as differences need its precision",
      got: input.dtype.name, try: "to(.float64)"
    ).raise(file: file, line: line)
    return report
  }
  let checkedInputs = inputs.indices.filter { inputs[$0].requiresGrad }
  let leaves = inputs.map { input -> Tensor in
    input.requiresGrad ? input.detach().clone().requiresGrad_() : input
  }
  let outputs = enableGrad { function(leaves) }
  // Differences, a column at a time, against all of backward's rows.
  let analytic = outputs.map { output in
    (0..<output.numel()).map { i -> [[Double]] in
      if !output.requiresGrad {
        return checkedInputs.map { [Double](repeating: 0, count: leaves[$0].numel()) }
      }
      let rows = grad(
        [output], checkedInputs.map { leaves[$0] }, gradOutputs: [Tensor.oneHot(i, like: output)],
        retainGraph: true, allowUnused: true, file: file, line: line)
      return zip(rows, checkedInputs).map { row, j in
        row?.toArray(Double.self) ?? [Double](repeating: 0, count: leaves[j].numel())
      }
    }
  }
  for (k, j) in checkedInputs.enumerated() {
    let values = inputs[j].toArray(Double.self)
    for e in values.indices {
      let high = moved(values[e] + eps, e, j)
      let low = moved(values[e] - eps, e, j)
      for o in outputs.indices {
        for i in high[o].indices {
          let numeric = (high[o][i] - low[o][i]) / (2 * eps)
          let exact = analytic[o][i][k][e]
          let excess = abs(exact - numeric) - (atol + rtol * abs(numeric))
          if !(excess <= report.excess) {
            report.excess = excess.isNaN ? .infinity : excess
            report.worst = (o, i, j, e)
            (report.analytic, report.numeric) = (exact, numeric)
          }
        }
      }
    }
  }
  report.passed = report.excess <= 0
  return report

  func moved(_ value: Double, _ element: Int, _ input: Int) -> [[Double]] {
    var others = leaves.map { $0.detach() }
    let copy = others[input].clone()
    copy.setElement(element, value)
    others[input] = copy
    // Some functions differentiate inside, so gradients stay on; nothing is run backward.
    for j in checkedInputs { others[j].requiresGrad_() }
    return enableGrad { function(others) }.map { $0.toArray(Double.self) }
  }
}

/// Compares gradients of gradients with differences: `gradCheck` of the backward itself.
///
/// - Parameters:
///   - generator: draws the gradients that the backward starts with.
/// - Source: torch.autograd.gradgradcheck
public func gradGradCheck(
  _ inputs: [Tensor], eps: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
  generator: Generator = Generator(seed: 0), file: StaticString = #fileID, line: UInt = #line,
  _ function: ([Tensor]) -> [Tensor]
) -> GradCheckReport {
  let starts = noGrad { function(inputs.map { $0.detach() }) }.map {
    Tensor.randn($0.shape, dtype: .float64, requiresGrad: true, generator: generator)
  }
  let checkedInputs = inputs.indices.filter { inputs[$0].requiresGrad }
  return gradCheck(
    inputs + starts, eps: eps, atol: atol, rtol: rtol, file: file, line: line
  ) { all in
    let x = Array(all[..<inputs.count])
    let pairs = zip(function(x), all[inputs.count...]).filter { $0.0.requiresGrad }
    let found = grad(
      pairs.map(\.0), checkedInputs.map { x[$0] }, gradOutputs: pairs.map(\.1), createGraph: true,
      allowUnused: true, file: file, line: line)
    return zip(found, checkedInputs).map { $0 ?? Tensor.zeros(x[$1].shape, dtype: .float64) }
  }
}
