import DescentCore

/// What an optimizer lets one set for each group of parameters.
///
/// An options type lists its fields under PyTorch's names, so that they are saved with the optimizer:
/// ```swift
/// struct MyOptions: OptimizerOptions {
///   var lr = 0.1
///   var damped = false
///   static var fields: [OptionField<MyOptions>] { [.init("lr", \.lr), .init("damped", \.damped)] }
/// }
/// ```
public protocol OptimizerOptions: Sendable {
  /// Learning rate.
  var lr: Double { get set }
  /// The fields that belong to a state dictionary.
  static var fields: [OptionField<Self>] { get }
}

/// One option by name, read and written as a number.
public struct OptionField<Options> {
  /// PyTorch's name; elements of a pair are `betas.0` and `betas.1`.
  public let name: String
  let get: (Options) -> Double
  let set: (inout Options, Double) -> Void

  /// Makes the field of a number.
  public init(_ name: String, _ path: WritableKeyPath<Options, Double>) {
    self.name = name
    get = { $0[keyPath: path] }
    set = { $0[keyPath: path] = $1 }
  }

  /// Makes the field of a choice, saved as 0 or 1.
  public init(_ name: String, _ path: WritableKeyPath<Options, Bool>) {
    self.name = name
    get = { $0[keyPath: path] ? 1 : 0 }
    set = { $0[keyPath: path] = $1 != 0 }
  }
}

/// Parameters that are trained with the same options.
///
/// ```swift
/// let optimizer = SGD([
///   ParameterGroup(body.parameters(), SGD.Options(lr: 0.01, momentum: 0.9)),
///   ParameterGroup(head.parameters(), SGD.Options(lr: 0.1, momentum: 0.9)),
/// ])
/// optimizer.groups[1].lr = 0.05
/// ```
/// - Source: the param_groups of torch.optim.Optimizer
@dynamicMemberLookup
public final class ParameterGroup<Options: OptimizerOptions> {
  public let parameters: [Tensor]
  /// Learning rate and the like: may be changed at any time.
  public var options: Options
  /// What the optimizer remembers, by position of the parameter.
  var states: [ParameterState?]

  /// Makes a group of parameters.
  public init(_ parameters: [Tensor], _ options: Options) {
    self.parameters = parameters
    self.options = options
    states = Array(repeating: nil, count: parameters.count)
  }

  /// Reads or changes one option: `group.lr = 0.01`.
  public subscript<Value>(dynamicMember path: WritableKeyPath<Options, Value>) -> Value {
    get { options[keyPath: path] }
    set { options[keyPath: path] = newValue }
  }
}

/// What an optimizer remembers about one parameter: tensors and numbers, by PyTorch's names.
public final class ParameterState {
  /// Steps taken, the current one included.
  public var step = 0
  private(set) var tensors: [(name: String, tensor: Tensor)] = []
  private(set) var numbers: [(name: String, value: Float)] = []

  /// Makes an empty state.
  public init() {}

  /// The tensor of a name, if it was made.
  public func tensor(_ name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// The tensor of a name, filled with a value at its first use.
  public func tensor(_ name: String, like parameter: Tensor, filledWith value: Double = 0) -> Tensor
  {
    for known in tensors where known.name == name { return known.tensor }
    let made = Tensor.full(parameter.shape, value, dtype: parameter.dtype)
    tensors.append((name, made))
    return made
  }

  /// A number of its own that changes from step to step, kept in float32 as PyTorch keeps it.
  public subscript(number name: String, default value: Double) -> Double {
    get { numbers.first { $0.name == name }.map { Double($0.value) } ?? value }
    set {
      if let i = numbers.firstIndex(where: { $0.name == name }) {
        numbers[i].value = Float(newValue)
      } else {
        numbers.append((name, Float(newValue)))
      }
    }
  }

  func restore(_ name: String, _ tensor: Tensor) { tensors.append((name, tensor)) }
}
