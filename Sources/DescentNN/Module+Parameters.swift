import DescentCore

extension Module {
  /// The modules directly inside, by name.
  ///
  /// - Source: torch.nn.Module.named_children
  public final func namedChildren() -> [(name: String, module: Module)] {
    members.compactMap { if case .module(let module) = $0.member { ($0.name, module) } else { nil } }
  }

  public final func children() -> [Module] { namedChildren().map(\.module) }

  /// This module (named "") and all below, each once, in order.
  ///
  /// - Source: torch.nn.Module.named_modules
  public final func namedModules() -> [(name: String, module: Module)] {
    var seen = Set<ObjectIdentifier>()
    var found: [(name: String, module: Module)] = []
    var waiting: [(name: String, module: Module)] = [("", self)]
    while let (name, module) = waiting.popLast() {
      guard seen.insert(ObjectIdentifier(module)).inserted else { continue }
      found.append((name, module))
      for (child, inner) in module.namedChildren().reversed() {
        waiting.append((name.isEmpty ? child : "\(name).\(child)", inner))
      }
    }
    return found
  }

  public final func modules() -> [Module] { namedModules().map(\.module) }

  /// The parameters here and below, each once, by their path.
  ///
  /// - Source: torch.nn.Module.named_parameters
  public final func namedParameters() -> [(name: String, parameter: Parameter)] {
    var seen = Set<ObjectIdentifier>()
    return namedTensors().compactMap { name, tensor in
      guard let parameter = tensor as? Parameter,
        seen.insert(ObjectIdentifier(parameter)).inserted
      else { return nil }
      return (name, parameter)
    }
  }

  public final func parameters() -> [Parameter] { namedParameters().map(\.parameter) }

  /// The buffers here and below, by their path.
  public final func namedBuffers() -> [(name: String, buffer: Buffer)] {
    namedTensors().compactMap { name, tensor in (tensor as? Buffer).map { (name, $0) } }
  }

  public final func buffers() -> [Buffer] { namedBuffers().map(\.buffer) }

  private func namedTensors() -> [(String, Tensor)] {
    namedModules().flatMap { path, module -> [(String, Tensor)] in
      let prefix = path.isEmpty ? "" : path + "."
      // PyTorch lists a module's parameters before its buffers.
      var parameters: [(String, Tensor)] = []
      var buffers: [(String, Tensor)] = []
      for (name, member) in module.members {
        switch member {
        case .parameter(let parameter): parameters.append((prefix + name, parameter))
        case .buffer(let buffer): buffers.append((prefix + name, buffer))
        case .module: break
        }
      }
      return parameters + buffers
    }
  }

  /// Forgets all gradients.
  public final func zeroGrad() { for parameter in parameters() { parameter.grad = nil } }

  /// Calls `body` with every module, the inner ones first.
  @discardableResult
  public final func apply(_ body: (Module) -> Void) -> Self {
    for module in modules().reversed() { body(module) }
    return self
  }

  /// Sets whether the parameters require gradients.
  @discardableResult
  public final func requiresGrad_(_ requires: Bool = true) -> Self {
    for parameter in parameters() { parameter.requiresGrad = requires }
    return self
  }

  /// Stops training of all parameters.
  @discardableResult
  public final func freeze() -> Self { requiresGrad_(false) }

  @discardableResult
  public final func unfreeze() -> Self { requiresGrad_(true) }

  /// Converts floating-point parameters and buffers in place.
  @discardableResult
  public final func to(_ dtype: DType) -> Self {
    for (_, tensor) in namedTensors() where tensor.isFloatingPoint {
      noGrad { tensor.data = tensor.detach().to(dtype) }
    }
    return self
  }

  /// Moves the module to a device.
  @discardableResult
  public final func to(device: Device, dtype: DType? = nil) -> Self {
    for (_, tensor) in namedTensors() { _ = tensor.to(device: device) }
    return dtype.map { to($0) } ?? self
  }

  // MARK: state

  /// The parameters and persistent buffers by their paths; the tensors share the module's storage.
  ///
  /// - Source: torch.nn.Module.state_dict
  public final func stateDict() -> StateDict {
    var state = StateDict()
    for (name, tensor) in namedTensors() {
      if let buffer = tensor as? Buffer, !buffer.isPersistent { continue }
      state[name] = tensor.detach()
    }
    return state
  }

  /// Copies values into the parameters and buffers of the same names.
  ///
  /// - Parameter strict: the names must be the same on both sides.
  /// - Throws: `StateDictError` with the names that are missing, unexpected or of another shape.
  /// - Source: torch.nn.Module.load_state_dict
  public final func load(stateDict: StateDict, strict: Bool = true) throws(StateDictError) {
    var missing: [String] = []
    var mismatched: [String] = []
    var own = Set<String>()
    var copies: [(Tensor, Tensor)] = []
    for (name, tensor) in namedTensors() {
      if let buffer = tensor as? Buffer, !buffer.isPersistent { continue }
      own.insert(name)
      guard let value = stateDict[name] else {
        missing.append(name)
        continue
      }
      if value.shape == tensor.shape {
        copies.append((tensor, value))
      } else {
        mismatched.append("\(name): \(Array(value.shape)) for \(Array(tensor.shape))")
      }
    }
    let unexpected = stateDict.keys.filter { !own.contains($0) }
    if !mismatched.isEmpty || (strict && !(missing.isEmpty && unexpected.isEmpty)) {
      throw StateDictError(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    noGrad { for (tensor, value) in copies { tensor.copy_(value) } }
  }
}

/// Names or shapes of a state dictionary that do not fit a module.
public struct StateDictError: Error, CustomStringConvertible, Sendable {
  public let missing: [String]
  public let unexpected: [String]
  public let mismatched: [String]

  public var description: String {
    var text = "load: the state dictionary does not fit the module."
    if !missing.isEmpty { text += " Missing: \(missing.joined(separator: ", "))." }
    if !unexpected.isEmpty { text += " Unexpected: \(unexpected.joined(separator: ", "))." }
    if !mismatched.isEmpty { text += " Shapes: \(mismatched.joined(separator: "; "))." }
    return text + " Try strict: false to load what fits by name."
  }
}
