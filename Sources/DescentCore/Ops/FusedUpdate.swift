/// Several tensors changed in place by one pass over memory: what an optimizer's step is made of.
///
/// The closure computes the new values of the first `outputs` tensors from all tensors and the scalars:
/// ```swift
/// let momentumStep = FusedUpdate("momentum", tensors: 3, outputs: 2, scalars: 2) { t, s in
///   let velocity = s[1] * t[1] + t[2]          // t: weight, velocity, gradient; s: rate, momentum
///   return [t[0] - s[0] * velocity, velocity]
/// }
/// ```
/// Nothing is recorded: use it for updates outside the graph, inside `noGrad`. All tensors have one shape
/// and dtype; half precision is computed in float32.
public final class FusedUpdate: Sendable {
  let name: String
  let program: Program
  let outputCount: Int
  let rule: UpdateRule

  public convenience init(
    _ name: String, tensors: Int, outputs: Int, scalars: Int,
    _ body: (_ tensors: [Term], _ scalars: [Term]) -> [Term]
  ) {
    self.init(
      name, rule: .program, tensors: tensors, outputs: outputs, scalars: scalars, body)
  }

  /// For a rule that the kernels know: they do what the closure says, in a loop of its own.
  package init(
    _ name: String, rule: UpdateRule, tensors: Int, outputs: Int, scalars: Int,
    _ body: (_ tensors: [Term], _ scalars: [Term]) -> [Term]
  ) {
    let inputs = (0..<tensors).map { _ in Term.input() }
    let numbers = (0..<scalars).map { _ in Term.input() }
    let results = body(inputs, numbers)
    precondition(
      results.count == outputs, "FusedUpdate: \(results.count) results for \(outputs) outputs.")
    self.name = name
    self.rule = rule
    outputCount = outputs
    program = Program(inputs: inputs, scalars: numbers, outputs: results)
  }

  /// Changes the first tensors in place; `UpdateBatch` does so for many parameters at once.
  ///
  /// - Precondition: one shape and one floating-point dtype.
  public func callAsFunction(
    _ tensors: [Tensor], _ scalars: [Double] = [], file: StaticString = #fileID, line: UInt = #line
  ) {
    if accepts(tensors, scalars, file, line) { run(tensors, scalars, file, line) }
  }

  /// Changes several sets of tensors, one behind the other in `tensors`.
  func run(_ tensors: [Tensor], _ scalars: [Double], _ file: StaticString, _ line: UInt) {
    do throws(Misuse) {
      try tensors[0].device.backend.update(
        UpdateCall(program: program, tensors: tensors, scalars: scalars, rule: rule))
    } catch { error.named(name).raise(file: file, line: line) }
    for first in stride(from: 0, to: tensors.count, by: program.inputs.count) {
      for i in first..<first + outputCount { tensors[i].didChange(name, file, line) }
    }
  }

  @inline(__always)
  func accepts(
    _ tensors: [Tensor], _ scalars: [Double], _ file: StaticString, _ line: UInt
  ) -> Bool {
    if tensors.count != program.inputs.count || scalars.count != program.scalars.count {
      Misuse(
        name,
        "the update takes \(program.inputs.count) tensors and \(program.scalars.count) scalars",
        got: "\(tensors.count) and \(scalars.count)", try: "as many as it was declared with"
      ).raise(file: file, line: line)
      return false
    }
    let target = tensors[0]
    for tensor in tensors
    where tensor.layout.shape != target.layout.shape || tensor.elementType != target.elementType {
      Misuse(
        name, "the tensors of an update have one shape and dtype",
        got:
          "\(target.dtype.name) \(target.shape.brackets) and \(tensor.dtype.name) \(tensor.shape.brackets)",
        try: "a gradient of the parameter's shape and dtype"
      ).raise(file: file, line: line)
      return false
    }
    return true
  }
}
