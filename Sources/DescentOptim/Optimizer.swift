import DescentCore

/// What all optimizers have in common.
///
/// ```swift
/// let optimizer = SGD(model.parameters(), lr: 0.1, momentum: 0.9)
/// for (x, y) in batches {
///   optimizer.zeroGrad()
///   lossFn(model(x), y).backward()
///   optimizer.step()
/// }
/// optimizer.groups[0].lr = 0.01
/// ```
/// All parameters are updated in place, by one fused pass over their memory; one without a gradient is left
/// alone. A rule of one's own is a subclass of `GroupOptimizer`.
///
/// - Source: torch.optim.Optimizer
open class Optimizer {
  init() {}

  /// All parameters, group by group.
  open var parameters: [Tensor] { [] }

  /// The learning rate of every group.
  open var learningRates: [Double] {
    get { [] }
    set {}
  }

  /// Forgets the gradients of all parameters, or sets them to zero.
  ///
  /// - Parameter setToNone: forget them (the default): the next backward stores instead of adding.
  /// - Source: torch.optim.Optimizer.zero_grad
  open func zeroGrad(setToNone: Bool = true) {
    for parameter in parameters {
      if setToNone {
        parameter.grad = nil
      } else if let gradient = parameter.grad {
        noGrad { _ = gradient.detach().zero_() }
      }
    }
  }

  /// Updates every parameter that has a gradient.
  ///
  /// - Source: torch.optim.Optimizer.step
  open func step() {}

  /// Evaluates the closure, which computes the loss and its gradients, then steps.
  ///
  /// - Returns: the closure's loss.
  @discardableResult
  open func step(_ closure: () -> Tensor) -> Tensor {
    let loss = enableGrad(closure)
    step()
    return loss
  }

  /// The state and options as named tensors: PyTorch's nested dictionary, its keys joined by dots.
  open func stateDict() -> StateDict { StateDict() }

  /// Restores what `stateDict()` gave.
  ///
  /// - Throws: `OptimizerStateError` for names, shapes or groups that do not fit.
  open func load(stateDict: StateDict) throws(OptimizerStateError) {}
}

/// An optimizer that applies one rule to every parameter, with options for each group.
///
/// A subclass overrides `update`: it is called for each parameter that has a gradient, inside `noGrad`, and
/// adds what has to be done to `updates`.
open class GroupOptimizer<Options: OptimizerOptions>: Optimizer {
  public private(set) final var groups: [ParameterGroup<Options>] = []
  /// The step's updates; they run together at its end.
  public final var updates = UpdateBatch()

  /// Makes an optimizer of groups that differ in their options.
  public init(_ groups: [ParameterGroup<Options>], file: StaticString = #fileID, line: UInt = #line)
  {
    super.init()
    for group in groups { addParamGroup(group, file: file, line: line) }
  }

  /// Refuses options that are out of range; the subclass's rule.
  open func check(_ options: Options, file: StaticString, line: UInt) {}

  /// Updates one parameter; the subclass's rule.
  ///
  /// - Parameter state: its `step` counts from 1.
  open func update(
    _ parameter: Tensor, _ gradient: Tensor, _ state: ParameterState, _ options: Options
  ) {}

  /// Adds parameters with options of their own, such as another learning rate.
  ///
  /// - Source: torch.optim.Optimizer.add_param_group
  public final func addParamGroup(
    _ group: ParameterGroup<Options>, file: StaticString = #fileID, line: UInt = #line
  ) {
    let name = "\(type(of: self))"
    if group.parameters.isEmpty {
      Misuse(
        name, "there is nothing to optimize", got: "an empty list of parameters",
        try: "model.parameters()"
      ).report(file: file, line: line)
    }
    check(group.options, file: file, line: line)
    var known = Set(groups.flatMap(\.parameters).map(ObjectIdentifier.init))
    for parameter in group.parameters {
      if !parameter.isLeaf {
        Misuse(
          name, "only leaves can be optimized", got: "the result of an operation", try: "detach()"
        ).report(file: file, line: line)
      }
      if !known.insert(ObjectIdentifier(parameter)).inserted {
        Misuse(
          name, "a parameter would be updated twice in a step", got: "the same parameter twice",
          try: "each parameter in one group, once"
        ).report(file: file, line: line)
      }
    }
    groups.append(group)
  }

  public final override var parameters: [Tensor] { groups.flatMap(\.parameters) }

  public final override var learningRates: [Double] {
    get { groups.map(\.options.lr) }
    set { for (group, lr) in zip(groups, newValue) { group.options.lr = lr } }
  }

  public final override func zeroGrad(setToNone: Bool = true) {
    if !setToNone { return super.zeroGrad(setToNone: false) }
    for group in groups { for parameter in group.parameters { parameter.grad = nil } }
  }

  public final override func step() {
    noGrad {
      for group in groups {
        let options = group.options
        for i in group.parameters.indices {
          let parameter = group.parameters[i]
          guard let gradient = parameter.grad else { continue }
          let state: ParameterState
          if let known = group.states[i] {
            state = known
          } else {
            state = ParameterState()
            group.states[i] = state
          }
          state.step += 1
          update(parameter, gradient, state, options)
        }
      }
      updates.run()
    }
  }

  // MARK: state

  /// Whether the rule counts steps in its saved state.
  open var savesStep: Bool { true }

  /// The state and options as named tensors: PyTorch's nested dictionary, its keys joined by dots.
  ///
  /// `state.INDEX.NAME` holds what is remembered about the parameter at that position,
  /// `param_groups.GROUP.OPTION` each option and `param_groups.GROUP.params` the positions.
  /// - Source: torch.optim.Optimizer.state_dict
  public final override func stateDict() -> StateDict {
    var result = StateDict()
    var index = 0
    for group in groups {
      for state in group.states {
        if let state {
          if savesStep { result["state.\(index).step"] = Tensor.full([], Double(state.step)) }
          for (name, value) in state.numbers {
            result["state.\(index).\(name)"] = Tensor.full([], Double(value))
          }
          for (name, tensor) in state.tensors { result["state.\(index).\(name)"] = tensor }
        }
        index += 1
      }
    }
    var first = 0
    for (g, group) in groups.enumerated() {
      for field in Options.fields {
        result["param_groups.\(g).\(field.name)"] = Tensor.full(
          [], field.get(group.options), dtype: .float64)
      }
      let count = group.parameters.count
      result["param_groups.\(g).params"] = Tensor.arange(first, first + count)
      first += count
    }
    return result
  }

  /// Restores what `stateDict()` gave, for an optimizer of as many parameters of the same shapes.
  ///
  /// State tensors are copied, in the dtypes of their parameters. Nothing changes if it throws.
  /// - Throws: `OptimizerStateError` for names, shapes or groups that do not fit.
  /// - Source: torch.optim.Optimizer.load_state_dict
  public final override func load(stateDict: StateDict) throws(OptimizerStateError) {
    var states = groups.map { [ParameterState?](repeating: nil, count: $0.parameters.count) }
    var options = groups.map(\.options)
    let places = groups.indices.flatMap { g in groups[g].parameters.indices.map { (g, $0) } }
    for (key, tensor) in stateDict {
      let parts = key.split(separator: ".", maxSplits: 2).map(String.init)
      guard parts.count == 3, let position = Int(parts[1]), position >= 0 else {
        throw OptimizerStateError(key: key, problem: "is no name of an optimizer's state")
      }
      switch parts[0] {
      case "state" where position < places.count:
        let (g, i) = places[position]
        let state = states[g][i] ?? ParameterState()
        states[g][i] = state
        try restore(key, parts[2], tensor, state, groups[g].parameters[i])
      case "param_groups" where position < groups.count:
        let parameters = groups[position].parameters
        if parts[2] == "params" {
          if tensor.numel() != parameters.count {
            throw OptimizerStateError(
              key: key, problem: "names \(tensor.numel()) parameters for \(parameters.count)")
          }
        } else if let field = Options.fields.first(where: { $0.name == parts[2] }) {
          if tensor.numel() != 1 {
            throw OptimizerStateError(key: key, problem: "is no single number")
          }
          field.set(&options[position], tensor.item())
        }
      default:
        throw OptimizerStateError(
          key: key, problem: "names no parameter or group of this optimizer")
      }
    }
    for g in groups.indices where stateDict["param_groups.\(g).params"] == nil {
      throw OptimizerStateError(key: "param_groups.\(g).params", problem: "is missing")
    }
    for (g, group) in groups.enumerated() {
      group.states = states[g]
      group.options = options[g]
    }
  }

  private func restore(
    _ key: String, _ name: String, _ tensor: Tensor, _ state: ParameterState, _ parameter: Tensor
  ) throws(OptimizerStateError) {
    if name == "step" {
      if tensor.numel() != 1 { throw OptimizerStateError(key: key, problem: "is no single number") }
      state.step = Int(tensor.item())
    } else if tensor.shape == parameter.shape && !numberNames.contains(name) {
      state.restore(name, noGrad { tensor.detach().to(parameter.dtype).clone() })
    } else if tensor.ndim == 0 {
      state[number: name, default: 0] = tensor.item()
    } else {
      throw OptimizerStateError(
        key: key,
        problem: "has shape \(Array(tensor.shape)) for a parameter of \(Array(parameter.shape))")
    }
  }

  /// The names under which the rule keeps numbers rather than tensors.
  open var numberNames: Set<String> { [] }
}

/// A state dictionary that does not fit an optimizer.
public struct OptimizerStateError: Error, CustomStringConvertible, Sendable {
  public let key: String
  public let problem: String
  public var description: String {
    "load: \(key) \(problem). Got key \(key). Try the state of an optimizer over the same parameters."
  }
}
