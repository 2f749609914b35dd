// What the operations of normalisation have in common: the back end's call and its gradient.

/// A normalisation of a tensor: for the back end, and as tensor operations see it.
struct Normalization {
  /// PyTorch's name of the gradient.
  let node: String
  let sizes: NormSizes
  /// The input's shape with the dims that share statistics in `dims`, and that of a weight.
  let shape: Shape
  let dims: [Int]
  let weightShape: Shape
  /// The shape of weight and bias as they are given.
  let parameterShape: Shape

  /// Over the last dims.
  init(node: String, _ input: Shape, last: Shape, eps: Double, isCentred: Bool = true) {
    self.node = node
    let rows = input.dropLast(last.count).reduce(1, *)
    let inner = last.elementCount
    parameterShape = last
    sizes = NormSizes(kind: .rows, outer: rows, inner: inner, eps: eps, isCentred: isCentred)
    shape = [rows, inner]
    dims = [1]
    weightShape = [1, inner]
  }

  /// Over groups of the channels of [N, C, …].
  init(node: String, _ input: Shape, groups: Int, eps: Double) {
    self.node = node
    let (outer, channels) = (input[0], input[1])
    let inner = input.dropFirst(2).reduce(1, *)
    sizes = NormSizes(
      kind: .groups, outer: outer, channels: channels, inner: inner, groups: groups, eps: eps)
    shape = [outer, groups, channels / Swift.max(groups, 1), inner]
    dims = [2, 3]
    parameterShape = [channels]
    weightShape = [1, groups, channels / Swift.max(groups, 1), 1]
  }

  /// Over everything but the channels of [N, C, …].
  init(node: String, _ input: Shape, eps: Double, isChannelsLast: Bool, isGiven: Bool) {
    self.node = node
    let (outer, channels) = (input[0], input[1])
    let inner = input.dropFirst(2).reduce(1, *)
    sizes =
      isChannelsLast
      ? NormSizes(
        kind: .channelsLast, outer: outer * inner, channels: channels, inner: 1, eps: eps,
        isGiven: isGiven)
      : NormSizes(
        kind: .channels, outer: outer, channels: channels, inner: inner, eps: eps, isGiven: isGiven)
    shape = [outer, channels, inner]
    dims = [0, 2]
    parameterShape = [channels]
    weightShape = [1, channels, 1]
  }

  /// The order of the input's dims in memory, if it is not their own.
  func memoryOrder(_ ndim: Int) -> [Int]? {
    sizes.kind == .channelsLast && ndim > 2 ? [0] + Array(2..<ndim) + [1] : nil
  }
}

extension Tensor {
  /// Normalises and records.
  ///
  /// - Parameters:
  ///   - statistics: mean and rstd of each channel, where they are given.
  ///   - variance: where to write that of each channel, with n - 1; `mean` likewise.
  final func normalized(
    _ plan: Normalization, _ weight: Tensor?, _ bias: Tensor?,
    statistics: (mean: Tensor, rstd: Tensor)? = nil, variance: Tensor? = nil, mean: Tensor? = nil,
    file: StaticString, line: UInt
  ) -> Tensor {
    var inputs = TensorList(self)
    if let weight { inputs.append(weight) }
    if let bias { inputs.append(bias) }
    let records = recording(inputs)
    let exact = dtype.accumulator
    let sets: Shape = [plan.sizes.setCount]
    let keeps = records || plan.sizes.kind == .channels || plan.sizes.kind == .channelsLast
    let mean =
      statistics?.mean ?? mean
      ?? (keeps && plan.sizes.isCentred ? Tensor(empty: sets, dtype: exact) : nil)
    let rstd = statistics?.rstd ?? (keeps ? Tensor(empty: sets, dtype: exact) : nil)
    let order = plan.memoryOrder(ndim)
    let operands = normOperands(plan, order, weight, bias, mean, rstd)
    let output = Tensor(empty: operands.input.layout.shape, dtype: dtype)
    device.backend.norm(NormCall(operands: operands, output: output, variance: variance))
    if let order { output.layout = output.layout.permuted(Tensor.inverse(order)) }
    if records {
      var saving = TensorList(self, rstd)
      if let mean { saving.append(mean) }
      if let weight { saving.append(weight) }
      let (hasMean, hasWeight, hasBias) = (mean != nil, weight != nil, bias != nil)
      output.record(plan.node, inputs, saving: saving, file: file, line: line) { step, g in
        let x = step.saved(0)
        let weight = hasWeight ? step.saved(hasMean ? 3 : 2) : nil
        let rstd = step.saved(1)
        let mean = hasMean ? step.saved(2) : nil
        let biasIndex = hasBias ? (hasWeight ? 2 : 1) : nil
        if GradMode.isEnabled {
          x.giveDifferentiableGradients(plan, g, weight, mean, rstd, biasIndex, step)
        } else {
          x.giveGradients(plan, g, weight, mean, rstd, biasIndex, step)
        }
      }
    }
    return output
  }

  private static func inverse(_ order: [Int]) -> [Int] {
    var result = order
    for (i, d) in order.enumerated() { result[d] = i }
    return result
  }

  /// The operands as the back end takes them; not recorded.
  private final func normOperands(
    _ plan: Normalization, _ order: [Int]?, _ weight: Tensor?, _ bias: Tensor?, _ mean: Tensor?,
    _ rstd: Tensor?
  ) -> NormOperands {
    noGrad {
      let exact = dtype.accumulator
      return NormOperands(
        sizes: plan.sizes, input: inMemoryOrder(order),
        weight: weight?.to(exact).contiguous(), bias: bias?.to(exact).contiguous(), mean: mean,
        rstd: rstd)
    }
  }

  /// Contiguous, with the dims in another order.
  private final func inMemoryOrder(_ order: [Int]?) -> Tensor {
    order.map { permute($0).contiguous() } ?? contiguous()
  }

  /// The kernel's gradients.
  private final func giveGradients(
    _ plan: Normalization, _ g: Tensor, _ weight: Tensor?, _ mean: Tensor?, _ rstd: Tensor,
    _ biasIndex: Int?, _ step: BackwardStep
  ) {
    let order = plan.memoryOrder(ndim)
    let operands = normOperands(plan, order, weight, nil, mean, rstd)
    let exact = dtype.accumulator
    let parameter = Shape([plan.weightShape.elementCount])
    let dx = step.needs(0) ? Tensor(empty: operands.input.layout.shape, dtype: dtype) : nil
    let dWeight =
      weight != nil && step.needs(1) ? Tensor(empty: parameter, dtype: exact) : nil
    let dBias = biasIndex.flatMap { step.needs($0) ? Tensor(empty: parameter, dtype: exact) : nil }
    device.backend.normBackward(
      NormBackwardCall(
        operands: operands, gradient: g.to(dtype).inMemoryOrder(order), inputGradient: dx,
        weightGradient: dWeight, biasGradient: dBias))
    if let dx {
      if let order { dx.layout = dx.layout.permuted(Tensor.inverse(order)) }
      step.give(0, dx)
    }
    if let dWeight { step.give(1, dWeight.reshape(plan.parameterShape)) }
    if let dBias, let biasIndex { step.give(biasIndex, dBias.reshape(plan.parameterShape)) }
  }

  /// The gradients as tensor operations, for gradients of higher order.
  private final func giveDifferentiableGradients(
    _ plan: Normalization, _ g: Tensor, _ weight: Tensor?, _ givenMean: Tensor?, _ rstd: Tensor,
    _ biasIndex: Int?, _ step: BackwardStep
  ) {
    let exact = dtype.accumulator
    let x = to(exact).reshape(plan.shape)
    let g = g.to(exact).reshape(plan.shape)
    let isGiven = plan.sizes.isGiven
    let center =
      isGiven
      ? givenMean!.reshape(plan.weightShape)
      : plan.sizes.isCentred ? x.mean(dim: plan.dims, keepDim: true) : nil
    let away = center.map { x - $0 } ?? x
    let scale =
      isGiven
      ? rstd.reshape(plan.weightShape)
      : (away.square().mean(dim: plan.dims, keepDim: true) + plan.sizes.eps).rsqrt()
    let unit = away * scale
    if step.needs(0) {
      let h = weight.map { g * $0.to(exact).reshape(plan.weightShape) } ?? g
      var inner = h
      if !isGiven {
        inner = inner - unit * (h * unit).mean(dim: plan.dims, keepDim: true)
        if plan.sizes.isCentred { inner = inner - h.mean(dim: plan.dims, keepDim: true) }
      }
      step.give(0, (scale * inner).reshape(shape))
    }
    if weight != nil, step.needs(1) {
      step.give(1, (g * unit).sumToSize(plan.weightShape).reshape(plan.parameterShape))
    }
    if let biasIndex, step.needs(biasIndex) {
      step.give(biasIndex, g.sumToSize(plan.weightShape).reshape(plan.parameterShape))
    }
  }
}
