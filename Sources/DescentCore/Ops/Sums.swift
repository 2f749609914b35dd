// Sums: the reduction that gradients of broadcast operands need too.

extension Tensor {
  /// The sum of all elements; integers and bool sum to int64.
  ///
  /// - Parameter dtype: what the elements are converted to first, and the dtype of the result.
  /// - Gradient: g for every element.
  /// - Source: torch.sum
  public final func sum(
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let source = dtype.map { to($0) } ?? self
    return source.sum(mask: Tensor.allDims(source.shape), keepDim: false, dtype: dtype)
  }

  /// The sum along one dimension.
  public final func sum(
    dim: Int, keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { sum(dim: [dim], keepDim: keepDim, dtype: dtype, file: file, line: line) }

  /// The sum along several dimensions; an empty list means all.
  public final func sum(
    dim: [Int], keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("sum", dim, file, line) else { return .poison }
    let source = dtype.map { to($0) } ?? self
    return source.sum(mask: mask, keepDim: keepDim, dtype: dtype, name: "SumBackward1")
  }

  /// The mean of all elements of a floating-point tensor.
  ///
  /// - Gradient: g / n.
  /// - Source: torch.mean
  public final func mean(
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let source = dtype.map { to($0) } ?? self
    return source.mean(Tensor.allDims(shape), keepDim: false, "MeanBackward0", file, line)
  }

  /// The mean along one dimension.
  public final func mean(
    dim: Int, keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor { mean(dim: [dim], keepDim: keepDim, dtype: dtype, file: file, line: line) }

  /// The mean along several dimensions; an empty list means all.
  public final func mean(
    dim: [Int], keepDim: Bool = false, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    guard let mask = checkedDims("mean", dim, file, line) else { return .poison }
    let source = dtype.map { to($0) } ?? self
    return source.mean(mask, keepDim: keepDim, "MeanBackward1", file, line)
  }

  private func mean(
    _ mask: UInt32, keepDim: Bool, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let floating: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("mean", self.dtype)
    }
    if floating == nil { return .poison }
    var count = 1
    for i in 0..<ndim where mask & (1 << UInt32(i)) != 0 { count *= shape[i] }
    return sum(mask: mask, keepDim: keepDim, name: name, divisor: Double(count))
  }

  /// One bit for every dimension.
  static func allDims(_ shape: Shape) -> UInt32 { (1 << UInt32(shape.count)) - 1 }

  /// The dims of a list as bits, or nil after the misuse was raised.
  final func checkedDims(
    _ operation: String, _ dims: [Int], _ file: StaticString, _ line: UInt
  ) -> UInt32? {
    guard
      let mask = attempt(
        file: file, line: line,
        { () throws(Misuse) in try Rules.dims(operation, dims, of: self.shape) })
    else { return nil }
    return mask & Tensor.allDims(shape)
  }

  /// Sums over the dimensions in which a tensor of the given sizes would be repeated to this shape.
  ///
  /// - Precondition: the sizes broadcast to this shape: `sumToSize: the sizes do not broadcast …`
  /// - Gradient: expanded back.
  /// - Source: torch.Tensor.sum_to_size
  public final func sumToSize(
    _ sizes: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { sumToSize(sizes, file: file, line: line) }

  public final func sumToSize(
    _ sizes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let target = Shape(sizes)
    if sizes.contains(where: { $0 < 0 })
      || (try? Rules.broadcast("sumToSize", target, shape)) != shape
    {
      Misuse(
        "sumToSize", "the sizes do not broadcast to the tensor's shape",
        got: "\(sizes) for \(shape.brackets)", try: "sizes that are equal or 1 from the right"
      ).raise(file: file, line: line)
      return .poison
    }
    return sumToSize(target)
  }

  /// Sums a gradient to the shape of an operand that was broadcast.
  final func sumToSize(_ target: Shape) -> Tensor {
    if target == shape { return self }
    let mask = Tensor.broadcastDims(from: target, to: shape)
    let summed = sum(mask: mask, keepDim: true)
    return summed.reshape(target)
  }

  /// The dims of `shape` in which `small` was repeated.
  static func broadcastDims(from small: Shape, to shape: Shape) -> UInt32 {
    var mask: UInt32 = 0
    let shift = shape.count - small.count
    for i in 0..<shape.count where i < shift || small[i - shift] != shape[i] {
      mask |= 1 << UInt32(i)
    }
    return mask
  }

  /// The shape after reducing the dims of a mask.
  static func reducedShape(_ shape: Shape, _ mask: UInt32, keepDim: Bool) -> Shape {
    var result = Shape()
    for i in 0..<shape.count {
      if mask & (1 << UInt32(i)) == 0 {
        result.append(shape[i])
      } else if keepDim {
        result.append(1)
      }
    }
    return result
  }

  /// The sum over the dims of a mask, divided by a number; recorded.
  final func sum(
    mask: UInt32, keepDim: Bool, dtype: DType? = nil, name: String = "SumBackward0",
    divisor: Double = 1
  ) -> Tensor {
    let outputDType = dtype ?? (self.dtype.isFloatingPoint ? self.dtype : .int64)
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let output = Tensor(empty: kept, dtype: outputDType, device: device)
    do throws(Misuse) {
      try device.backend.reduce(
        ReduceCall(
          op: .sum, dtype: self.dtype, shape: shape, dims: mask, inputs: TensorList(self),
          divisor: divisor, output: output))
    } catch { error.raise(file: "", line: 0) }
    if !keepDim {
      output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: false))
    }
    if recording(self) {
      let shape = self.shape
      output.record(name, TensorList(self)) { step, g in
        let share = divisor == 1 ? g : g / divisor
        // A sum of everything has no dims to put back.
        let spread = keepDim || g.layout.dims == 0 ? share : share.reshape(kept)
        step.give(0, spread.expanded(to: shape))
      }
    }
    return output
  }

  /// Evaluates a program and sums its value to `target`, in one pass.
  static func sumProgram(
    _ program: Program, _ operands: TensorList, _ scalars: ScalarList, to target: Shape,
    _ dtype: DType
  ) -> Tensor {
    var shape = operands[0].layout.shape
    for i in 1..<Swift.max(operands.count, 1) {
      // The forward has checked that they broadcast.
      if let common = try? Rules.broadcast("gradient", shape, operands[i].layout.shape) {
        shape = common
      }
    }
    let mask = broadcastDims(from: target, to: shape)
    let output = reduced(
      .sum, program, operands, scalars, of: shape, over: mask, in: dtype, to: dtype)
    output.layout = Layout(contiguous: target)
    return output
  }

  /// Reduces the value of a program in one pass.
  ///
  /// - Parameters:
  ///   - program: nil for the only operand itself.
  ///   - dtype: what the program computes in.
  ///   - outputDType: what its value, or its total, is converted to.
  /// - Returns: a tensor with size 1 in the dims of the mask.
  static func reduced(
    _ op: Reduction, _ program: Program?, _ operands: TensorList,
    _ scalars: ScalarList = ScalarList(), of shape: Shape, over mask: UInt32, in dtype: DType,
    to outputDType: DType
  ) -> Tensor {
    let output = Tensor(empty: reducedShape(shape, mask, keepDim: true), dtype: outputDType)
    do throws(Misuse) {
      try operands[0].device.backend.reduce(
        ReduceCall(
          op: op, program: program, dtype: dtype, shape: shape, dims: mask, inputs: operands,
          scalars: scalars, output: output))
    } catch { error.raise(file: "", line: 0) }
    return output
  }

  /// Reduces the value of a program over dims of this tensor, its first operand.
  final func reduced(
    _ op: Reduction, _ program: Program?, _ operands: TensorList,
    _ scalars: ScalarList = ScalarList(), over mask: UInt32, to outputDType: DType
  ) -> Tensor {
    Tensor.reduced(
      op, program, operands, scalars, of: shape, over: mask, in: dtype, to: outputDType)
  }
}
