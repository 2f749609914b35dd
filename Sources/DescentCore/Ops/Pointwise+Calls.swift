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
      return flat(x, x, isBinary: false, .none, x.layout.shape, scalars, file, line)
    }
    return apply(TensorList(x), scalars: scalars, file: file, line: line)
  }

  /// Two operands of one floating-point dtype go straight to the back end if they are contiguous and of one shape,
  /// or one of them is a single element, repeated in the other's shape or not.
  @inline(__always)
  func binary(
    _ x: Tensor, _ y: Tensor, _ scalars: ScalarList = ScalarList(), file: StaticString = "",
    line: UInt = 0
  ) -> Tensor {
    if x.elementType == y.elementType && x.elementType.isFloatingPoint {
      if x.layout.shape == y.layout.shape {
        if x.layout.isContiguous && y.layout.isContiguous {
          return flat(x, y, isBinary: true, .none, x.layout.shape, scalars, file, line)
        } else if x.layout.isContiguous && y.layout.isRepeated {
          return flat(x, y, isBinary: true, .second, x.layout.shape, scalars, file, line)
        } else if y.layout.isContiguous && x.layout.isRepeated {
          return flat(x, y, isBinary: true, .first, y.layout.shape, scalars, file, line)
        }
      } else if x.layout.isContiguous && y.layout.isSingle(within: x.layout) {
        return flat(x, y, isBinary: true, .second, x.layout.shape, scalars, file, line)
      } else if y.layout.isContiguous && x.layout.isSingle(within: y.layout) {
        return flat(x, y, isBinary: true, .first, y.layout.shape, scalars, file, line)
      }
    }
    return apply(TensorList(x, y), scalars: scalars, file: file, line: line)
  }

  /// `y` is not looked at unless there are two operands: nothing optional has to be counted.
  @inline(never)
  private func flat(
    _ x: Tensor, _ y: Tensor, isBinary: Bool, _ single: FlatCall.Single, _ shape: Shape,
    _ scalars: ScalarList, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let dtype = x.elementType
    if domain.refusesFloating || domain == .withoutBool && scalars.startsWithBool {
      _ = accepts(isBinary ? TensorList(x, y) : TensorList(x), scalars, file, line)
      return .poison
    }
    let output = Tensor(empty: shape, dtype: result == .bool ? .bool : dtype)
    do throws(Misuse) {
      try x.device.backend.pointwise(
        FlatCall(
          program: program, dtype: dtype, first: .passUnretained(x),
          second: isBinary ? .passUnretained(y) : nil, single: single, scalars: scalars,
          output: .passUnretained(output)))
    } catch {
      error.named(name).raise(file: file, line: line)
      return .poison
    }
    var needs: UInt32 = (x.requiresGrad ? 1 : 0) | (isBinary && y.requiresGrad ? 2 : 0)
    if needs != 0 && isDifferentiable && ThreadLocal.gradEnabled {
      if isBinary && x === y { needs |= DerivativePlan.sameOperand }
      record(output, x, y, isBinary: isBinary, needs: needs, scalars, dtype, file, line)
    }
    return output
  }

  /// Runs the operation into a new tensor and records it.
  @inline(never)
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
    let isLikeFirst = first.layout.shape == shape && first.layout.isContiguous
    let layout =
      isLikeFirst ? Layout(contiguous: shape) : Pointwise.resultLayout(of: inputs, shape)
    let output = Tensor(empty: layout, dtype: outputDType, device: first.device)
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

  /// A result lies as the first operand of its shape does.
  @inline(never)
  static func resultLayout(of operands: TensorList, _ shape: Shape) -> Layout {
    for i in 0..<operands.count where operands[i].layout.shape == shape {
      if let layout = operands[i].layout.dense { return layout }
    }
    return Layout(contiguous: shape)
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
