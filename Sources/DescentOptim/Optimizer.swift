import DescentCore

/// Parameters that are trained with the same options.
public final class ParameterGroup<Options: Sendable> {
  public internal(set) var parameters: [Tensor]
  /// Learning rate and the like: may be changed at any time.
  public var options: Options

  public init(_ parameters: [Tensor], _ options: Options) {
    self.parameters = parameters
    self.options = options
  }
}

/// What all optimizers have in common: parameter groups, state by parameter, the step.
///
/// ```swift
/// let optimizer = SGD(model.parameters(), lr: 0.1, momentum: 0.9)
/// optimizer.zeroGrad()
/// loss.backward()
/// optimizer.step()
/// optimizer.groups[0].options.lr = 0.01
/// ```
/// Each parameter is updated by one fused pass over its memory. A parameter without gradient is left
/// alone.
///
/// - Source: torch.optim.Optimizer
open class Optimizer<Options: Sendable> {
  public private(set) var groups: [ParameterGroup<Options>]
  /// State tensors and step counts of each parameter, by identity.
  private var states: [ObjectIdentifier: ParameterState] = [:]

  public init(_ groups: [ParameterGroup<Options>], file: StaticString = #fileID, line: UInt = #line) {
    self.groups = []
    for group in groups { addParamGroup(group, file: file, line: line) }
  }

  /// Adds parameters with options of their own, such as another learning rate.
  public final func addParamGroup(
    _ group: ParameterGroup<Options>, file: StaticString = #fileID, line: UInt = #line
  ) {
    let name = "\(type(of: self))"
    if group.parameters.isEmpty {
      Misuse(name, "there is nothing to optimize", got: "an empty list of parameters", try: "model.parameters()")
        .report(file: file, line: line)
    }
    for parameter in group.parameters {
      if !parameter.isLeaf {
        Misuse(
          name, "only leaves can be optimized", got: "the result of an operation", try: "detach()"
        ).report(file: file, line: line)
      }
      if groups.contains(where: { $0.parameters.contains { $0 === parameter } }) {
        Misuse(name, "a parameter is in two groups", got: "the same parameter twice", try: "each once")
          .report(file: file, line: line)
      }
    }
    groups.append(group)
  }

  /// Forgets the gradients, or sets them to zero.
  public final func zeroGrad(setToNone: Bool = true) {
    for group in groups {
      for parameter in group.parameters {
        if setToNone {
          parameter.grad = nil
        } else if let grad = parameter.grad {
          parameter.grad = Tensor.zerosLike(grad)
        }
      }
    }
  }

  /// Updates every parameter that has a gradient.
  public final func step() {
    noGrad {
      for group in groups {
        for parameter in group.parameters {
          guard let gradient = parameter.grad else { continue }
          let id = ObjectIdentifier(parameter)
          let state: ParameterState
          if let known = states[id] {
            state = known
          } else {
            state = ParameterState()
            states[id] = state
          }
          state.step += 1
          update(parameter, gradient, state, group.options)
        }
      }
    }
  }

  /// Evaluates the closure (which computes the loss and its gradients), then steps.
  @discardableResult
  public final func step(_ closure: () -> Tensor) -> Tensor {
    let loss = enableGrad(closure)
    step()
    return loss
  }

  /// Updates one parameter; the subclass's rule.
  open func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {}

  // MARK: state

  /// Step counts and state tensors, named `INDEX.NAME` by the position of the parameter.
  ///
  /// - Source: the `state` of torch.optim.Optimizer.state_dict
  public final func stateDict() -> StateDict {
    var result = StateDict()
    for (i, parameter) in groups.flatMap(\.parameters).enumerated() {
      guard let state = states[ObjectIdentifier(parameter)] else { continue }
      result["\(i).step"] = Tensor.full([], Double(state.step))
      for (name, tensor) in state.tensors { result["\(i).\(name)"] = tensor }
    }
    return result
  }

  /// Restores what `stateDict()` gave, for an optimizer of the same parameters.
  ///
  /// - Throws: `OptimizerStateError` for names or shapes that do not fit.
  public final func load(stateDict: StateDict) throws(OptimizerStateError) {
    let parameters = groups.flatMap(\.parameters)
    var loaded: [ObjectIdentifier: ParameterState] = [:]
    for (key, tensor) in stateDict {
      let parts = key.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, let i = Int(parts[0]), parameters.indices.contains(i) else {
        throw OptimizerStateError(key: key, problem: "names no parameter of this optimizer")
      }
      let id = ObjectIdentifier(parameters[i])
      let state = loaded[id] ?? ParameterState()
      if parts[1] == "step" {
        state.step = Int(tensor.item())
      } else {
        if tensor.shape != parameters[i].shape {
          throw OptimizerStateError(key: key, problem: "has another shape than its parameter")
        }
        state.tensors[String(parts[1])] = tensor.clone()
      }
      loaded[id] = state
    }
    states = loaded
  }
}

/// What an optimizer remembers about one parameter.
public final class ParameterState {
  /// Steps taken, the current one included.
  public var step = 0
  public var tensors: [String: Tensor] = [:]

  public init() {}

  /// A state tensor, filled with a value at its first use.
  public func tensor(_ name: String, like parameter: Tensor, filledWith value: Double = 0) -> Tensor {
    if let known = tensors[name] { return known }
    let made = Tensor.full(parameter.shape, value, dtype: parameter.dtype)
    tensors[name] = made
    return made
  }
}

/// A state dictionary that does not fit an optimizer.
public struct OptimizerStateError: Error, CustomStringConvertible, Sendable {
  public let key: String
  public let problem: String
  public var description: String {
    "load: \(key) \(problem). Got key \(key). Try the state of an optimizer over the same parameters."
  }
}
