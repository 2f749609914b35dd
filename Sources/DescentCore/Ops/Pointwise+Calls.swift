// How elementwise operations run: checks, promotion, the back end's call.

extension Pointwise {
  public func callAsFunction(
    _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    unary(x, file: file, line: line)
  }

  public func callAsFunction(
    _ x: Tensor, _ y: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    binary(x, y, file: file, line: line)
  }

  public func callAsFunction(
    _ x: Tensor, _ y: Tensor, _ z: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    apply(TensorList(x, y, z), file: file, line: line)
  }

  /// One operand: contiguous floating-point ones go straight to the back end.
  @inline(__always)
  func unary(
    _ x: Tensor, _ scalars: ScalarList = ScalarList(), file: StaticString = "", line: UInt = 0
  ) -> Tensor {
    if x.elementType.isFloatingPoint && x.layout.isContiguous {
      return flat(x, nil, x.layout.shape, scalars, file, line)
    }
    return apply(TensorList(x), scalars: scalars, file: file, line: line)
  }

  /// Two operands: contiguous ones of one floating-point dtype, of one shape or with a single element among
  /// them, go straight to the back end.
  @inline(__always)
  func binary(
    _ x: Tensor, _ y: Tensor, file: StaticString = "", line: UInt = 0
  ) -> Tensor {
    if x.elementType == y.elementType && x.elementType.isFloatingPoint && x.layout.isContiguous
      && y.layout.isContiguous
    {
      if x.layout.shape == y.layout.shape || y.layout.isSingle(within: x.layout) {
        return flat(x, y, x.layout.shape, ScalarList(), file, line)
      }
      if x.layout.isSingle(within: y.layout) {
        return flat(x, y, y.layout.shape, ScalarList(), file, line)
      }
    }
    return apply(TensorList(x, y), file: file, line: line)
  }

  private func flat(
    _ x: Tensor, _ y: Tensor?, _ shape: Shape, _ scalars: ScalarList, _ file: StaticString,
    _ line: UInt
  ) -> Tensor {
    let dtype = x.elementType
    if domain.refusesFloating || domain == .withoutBool && scalars.startsWithBool {
      _ = accepts(TensorList(x, y), scalars, file, line)
      return .poison
    }
    let output = Tensor(empty: shape, dtype: result == .bool ? .bool : dtype)
    do throws(Misuse) {
      try x.device.backend.pointwise(
        FlatCall(
          program: program, dtype: dtype, first: .passUnretained(x),
          second: y.map { .passUnretained($0) }, scalars: scalars, output: .passUnretained(output)))
    } catch {
      error.named(name).raise(file: file, line: line)
      return .poison
    }
    if isDifferentiable && (x.requiresGrad || (y?.requiresGrad ?? false))
      && ThreadLocal.gradEnabled
    {
      var needs: UInt32 = (x.requiresGrad ? 1 : 0) | (y?.requiresGrad ?? false ? 2 : 0)
      if x === y { needs |= DerivativePlan.sameOperand }
      let node = PointwiseNode(
        self, output: output, plan: derivatives.plan(for: self, needs: needs), scalars: scalars,
        dtype: dtype, file: file, line: line)
      node.add(x, 0, shape)
      if let y { node.add(y, 1, shape) }
      node.finish(output)
    }
    return output
  }

  /// Runs the operation into a new tensor and records it.
  @inline(__always)
  func apply(
    _ inputs: TensorList, scalars: ScalarList = ScalarList(), file: StaticString = "",
    line: UInt = 0
  ) -> Tensor {
    let first = inputs[0]
    // The common case: one dtype, one shape.
    var shape = first.layout.shape
    var dtype = first.dtype
    var isUniform = result == .promoted && scalars.count == 0 || first.dtype.isFloatingPoint
    for i in 1..<Swift.max(inputs.count, 1) {
      if inputs[i].dtype != dtype { isUniform = false }
      if inputs[i].layout.shape != shape {
        guard
          let common = attempt(
            file: file, line: line,
            { () throws(Misuse) in try Rules.broadcast(self.name, shape, inputs[i].layout.shape) })
        else { return .poison }
        shape = common
      }
    }
    if !isUniform || program.inputs.first.unsafelyUnwrapped.isMask {
      dtype = promotedDType(inputs, scalars)
    }
    if domain != .any && !accepts(inputs, scalars, file, line) { return .poison }
    let outputDType = result == .bool ? DType.bool : dtype
    let output = Tensor(empty: shape, dtype: outputDType, device: first.device)
    do throws(Misuse) {
      try first.device.backend.pointwise(
        PointwiseCall(
          program: program, dtype: dtype, shape: shape, inputs: inputs, scalars: scalars,
          outputs: TensorList(output)))
    } catch {
      error.named(name).raise(file: file, line: line)
      return .poison
    }
    if isDifferentiable && recording(inputs) {
      record(output, inputs, scalars, dtype, file, line)
    }
    return output
  }

  func promotedDType(_ inputs: TensorList, _ scalars: ScalarList) -> DType {
    let dtype = promotedOperand(inputs, scalars)
    return result == .floating && !dtype.isFloatingPoint ? .float32 : dtype
  }

  /// Raises a misuse for operands outside the domain.
  @inline(never)
  func accepts(
    _ inputs: TensorList, _ scalars: ScalarList, _ file: StaticString, _ line: UInt
  ) -> Bool {
    var operand = promotedOperand(inputs, scalars)
    let needed: String
    switch domain {
    case .any: return true
    case .withoutBool:
      var found = scalars.startsWithBool
      for i in 0..<inputs.count where inputs[i].dtype == .bool { found = true }
      if !found { return true }
      operand = .bool
      needed = "operands that are not of bool"
    case .numbers:
      if operand != .bool { return true }
      needed = "numbers"
    case .floating:
      if operand.isFloatingPoint { return true }
      needed = "floating-point numbers"
    case .bits:
      if !operand.isFloatingPoint { return true }
      needed = "integers and bool"
    case .integers:
      if operand.isInteger { return true }
      needed = "integers"
    }
    Misuse(
      name, "the operation is defined for \(needed) only", got: operand.name,
      try: domain == .withoutBool || domain == .bits
        ? "logicalXor, logicalAnd, logicalOr or logicalNot" : "another dtype with to(_:)"
    ).raise(file: file, line: line)
    return false
  }

  /// The promoted dtype of the operands before integers become floating point.
  private func promotedOperand(_ inputs: TensorList, _ scalars: ScalarList) -> DType {
    var type = ResultType()
    for i in 0..<inputs.count where !program.inputs[i].isMask {
      type.add(inputs[i].dtype, dims: inputs[i].ndim)
    }
    if scalarsPromote { for i in 0..<scalars.count { type.add(scalars[i]) } }
    return type.dtype
  }
}

extension ScalarList {
  /// Whether the first scalar is true or false.
  @inline(__always)
  var startsWithBool: Bool {
    if count > 0, case .bool = self[0] { return true }
    return false
  }
}

extension Misuse {
  /// The same misuse, named after the operation that the user called.
  func named(_ operation: String) -> Misuse {
    Misuse(operation, problem, got: got, try: remedy)
  }
}
