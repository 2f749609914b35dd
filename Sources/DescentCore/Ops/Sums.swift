// Sums: the reduction that gradients of broadcast operands need too.

extension Tensor {
  /// Sums a gradient to the shape of an operand that was broadcast.
  ///
  /// - Source: torch.Tensor.sum_to_size
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
    for i in 0..<shape.count where i < shift || small[i - shift] != shape[i] { mask |= 1 << UInt32(i) }
    return mask
  }

  /// The shape after reducing the dims of a mask.
  static func reducedShape(_ shape: Shape, _ mask: UInt32, keepDim: Bool) -> Shape {
    var result = Shape()
    for i in 0..<shape.count {
      if mask & (1 << UInt32(i)) == 0 { result.append(shape[i]) } else if keepDim { result.append(1) }
    }
    return result
  }

  /// The sum over the dims of a mask; recorded.
  final func sum(mask: UInt32, keepDim: Bool, dtype: DType? = nil) -> Tensor {
    let outputDType = dtype ?? (self.dtype.isFloatingPoint ? self.dtype : .int64)
    let kept = Tensor.reducedShape(shape, mask, keepDim: true)
    let output = Tensor(empty: kept, dtype: outputDType, device: device)
    do throws(Misuse) {
      try device.backend.reduce(
        ReduceCall(
          op: .sum, dtype: self.dtype, shape: shape, dims: mask, inputs: TensorList(self),
          output: output))
    } catch { error.raise(file: "", line: 0) }
    if !keepDim { output.layout = Layout(contiguous: Tensor.reducedShape(shape, mask, keepDim: false)) }
    if recording(self) {
      let shape = self.shape
      let name = mask == (1 << UInt32(shape.count)) - 1 && !keepDim ? "SumBackward0" : "SumBackward1"
      output.record(name, TensorList(self)) { step, g in
        step.give(0, (keepDim ? g : g.reshape(kept)).expanded(to: shape))
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
    let output = Tensor(empty: reducedShape(shape, mask, keepDim: true), dtype: dtype)
    do throws(Misuse) {
      try operands[0].device.backend.reduce(
        ReduceCall(
          op: .sum, program: program, dtype: dtype, shape: shape, dims: mask, inputs: operands,
          scalars: scalars, output: output))
    } catch { error.raise(file: "", line: 0) }
    output.layout = Layout(contiguous: target)
    return output
  }
}
