import DescentCore

extension Module {
  /// The modules directly inside, by name.
  ///
  /// - Source: torch.nn.Module.named_children
  public final func namedChildren() -> [(name: String, module: Module)] {
    var seen = Set<ObjectIdentifier>()
    return members.compactMap { name, member in
      guard case .module(let module) = member, seen.insert(ObjectIdentifier(module)).inserted else {
        return nil
      }
      return (name, module)
    }
  }

  /// The modules directly inside.
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

  /// This module and all below, each once, in order.
  public final func modules() -> [Module] { namedModules().map(\.module) }

  /// All modules, each once and after every module inside it; otherwise in order.
  final func modulesInsideOut() -> [Module] {
    var seen = Set<ObjectIdentifier>()
    var order: [Module] = []
    // Modules whose children are still to come, and those whose children are done.
    var waiting: [(module: Module, isDone: Bool)] = [(self, false)]
    while let (module, isDone) = waiting.popLast() {
      if isDone {
        order.append(module)
      } else if seen.insert(ObjectIdentifier(module)).inserted {
        waiting.append((module, true))
        waiting += module.children().reversed().map { ($0, false) }
      }
    }
    return order
  }

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

  /// The parameters here and below, each once: what an optimizer takes.
  ///
  /// - Source: torch.nn.Module.parameters
  public final func parameters() -> [Parameter] { namedParameters().map(\.parameter) }

  /// The buffers here and below, each once, by their path.
  ///
  /// - Source: torch.nn.Module.named_buffers
  public final func namedBuffers() -> [(name: String, buffer: Buffer)] {
    var seen = Set<ObjectIdentifier>()
    return namedTensors().compactMap { name, tensor in
      guard let buffer = tensor as? Buffer, seen.insert(ObjectIdentifier(buffer)).inserted else {
        return nil
      }
      return (name, buffer)
    }
  }

  /// The buffers here and below, each once.
  public final func buffers() -> [Buffer] { namedBuffers().map(\.buffer) }

  /// Parameters and buffers under every path that leads to them: a module or tensor used twice appears
  /// twice, as in PyTorch's state dictionaries.
  private func namedTensors() -> [(String, Tensor)] {
    var found: [(String, Tensor)] = []
    // Modules yet to visit with their paths, the next one last, and the modules that lead to them.
    var waiting: [(path: String, module: Module, above: [ObjectIdentifier])] = [("", self, [])]
    while let (path, module, above) = waiting.popLast() {
      let prefix = path.isEmpty ? "" : path + "."
      let here = above + [ObjectIdentifier(module)]
      // PyTorch lists a module's parameters before its buffers.
      var buffers: [(String, Tensor)] = []
      var inner: [(path: String, module: Module, above: [ObjectIdentifier])] = []
      for (name, member) in module.members {
        switch member {
        case .parameter(let parameter): found.append((prefix + name, parameter))
        case .buffer(let buffer): buffers.append((prefix + name, buffer))
        case .module(let module):
          if !here.contains(ObjectIdentifier(module)) {
            inner.append((prefix + name, module, here))
          }
        }
      }
      found += buffers
      waiting += inner.reversed()
    }
    return found
  }

  /// Forgets all gradients, or sets them to zero.
  ///
  /// - Source: torch.nn.Module.zero_grad
  public final func zeroGrad(setToNone: Bool = true) {
    for parameter in parameters() {
      if setToNone {
        parameter.grad = nil
      } else if let gradient = parameter.grad {
        noGrad { _ = gradient.detach().zero_() }
      }
    }
  }

  /// Calls `body` with every module, those inside before the one around them: to initialise layers.
  ///
  /// ```swift
  /// model.apply { if let layer = $0 as? Linear { Init.xavierUniform_(layer.weight) } }
  /// ```
  /// - Source: torch.nn.Module.apply
  @discardableResult
  public final func apply(_ body: (Module) -> Void) -> Self {
    for module in modulesInsideOut() { body(module) }
    return self
  }

  /// Sets whether the parameters require gradients.
  @discardableResult
  public final func requiresGrad_(_ requires: Bool = true) -> Self {
    for parameter in parameters() { parameter.requiresGrad = requires }
    return self
  }

  /// Stops training of all parameters: they require no gradients.
  @discardableResult
  public final func freeze() -> Self { requiresGrad_(false) }

  /// Lets all parameters require gradients again.
  @discardableResult
  public final func unfreeze() -> Self { requiresGrad_(true) }

  /// Converts floating-point parameters, their gradients and buffers; the tensors stay the same objects.
  ///
  /// - Source: torch.nn.Module.to
  @discardableResult
  public final func to(_ dtype: DType, file: StaticString = #fileID, line: UInt = #line) -> Self {
    convert(nil, dtype, file, line)
  }

  /// Moves the module to a device and converts it.
  @discardableResult
  public final func to(
    device: Device, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self { convert(device, dtype, file, line) }

  /// Moves the module to a device, as `model.to(device)`.
  ///
  /// - Source: torch.nn.Module.to
  @discardableResult
  public final func to(
    _ device: Device, _ dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self { convert(device, dtype, file, line) }

  private func convert(
    _ device: Device?, _ dtype: DType?, _ file: StaticString, _ line: UInt
  ) -> Self {
    if let dtype, !dtype.isFloatingPoint {
      Misuse(
        "to", "a module holds floating-point numbers", got: dtype.name,
        try: ".float32, .float64, .float16 or .bfloat16"
      ).report(file: file, line: line)
      return self
    }
    noGrad {
      for (_, tensor) in namedTensors() {
        func converted(_ tensor: Tensor) -> Tensor {
          tensor.detach().to(
            device: device ?? tensor.device, dtype: tensor.isFloatingPoint ? dtype : nil,
            file: file, line: line)
        }
        let gradient = tensor.grad
        tensor.grad = nil
        tensor.data = converted(tensor)
        tensor.grad = gradient.map(converted)
      }
    }
    return self
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

  /// Copies values into the parameters and buffers of the same names, converted to their dtypes.
  ///
  /// - Parameter strict: the names must be the same on both sides.
  /// - Returns: the names that are missing and those that are unexpected; empty if `strict`.
  /// - Throws: `StateDictError` with the names that are missing, unexpected or of another shape. Nothing
  ///   is copied then.
  /// - Source: torch.nn.Module.load_state_dict
  @discardableResult
  public final func load(
    stateDict: StateDict, strict: Bool = true
  ) throws(StateDictError) -> (missing: [String], unexpected: [String]) {
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
        mismatched.append(
          "\(name) is \(Array(value.shape)), the module's \(Array(tensor.shape))")
      }
    }
    let unexpected = stateDict.keys.filter { !own.contains($0) }
    if !mismatched.isEmpty || (strict && !(missing.isEmpty && unexpected.isEmpty)) {
      throw StateDictError(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    noGrad { for (tensor, value) in copies { tensor.copy_(value) } }
    return (missing, unexpected)
  }
}

/// Names or shapes of a state dictionary that do not fit a module.
public struct StateDictError: Error, CustomStringConvertible, Sendable {
  public let missing: [String]
  public let unexpected: [String]
  public let mismatched: [String]

  public var description: String {
    var text = "load: the state dictionary does not fit the module."
    var got: [String] = []
    if !missing.isEmpty { got.append("missing keys \(missing.joined(separator: ", "))") }
    if !unexpected.isEmpty { got.append("unexpected keys \(unexpected.joined(separator: ", "))") }
    if !mismatched.isEmpty { got.append("other shapes: \(mismatched.joined(separator: "; "))") }
    text += " Got \(got.joined(separator: "; "))."
    return text
      + (mismatched.isEmpty
        ? " Try strict: false to load what fits by name." : " Try the module that was saved.")
  }
}
