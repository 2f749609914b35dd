import CDescent

/// Which values share their statistics.
enum NormKind {
  /// [outer, inner]: each row; a weight for each of its places.
  case rows
  /// [outer, channels, inner]: channels / groups neighbours of each row; a weight a channel.
  case groups
  /// [outer, channels, inner]: each channel; a weight a channel.
  case channels
  /// [outer, channels]: each column; a weight a channel.
  case channelsLast
}

/// The sizes and constants of a normalisation.
struct NormSizes {
  let kind: NormKind
  let outer: Int
  var channels = 1
  let inner: Int
  var groups = 1
  let eps: Double
  /// false: no mean is subtracted.
  var isCentred = true
  /// Whether mean and rstd are given: constants for the gradient.
  var isGiven = false

  /// How many sets of values have statistics of their own.
  var setCount: Int {
    switch kind {
    case .rows: outer
    case .groups: outer * groups
    case .channels, .channelsLast: channels
    }
  }
}

/// What is normalised. All tensors are contiguous; weight, bias, mean and rstd are of the accumulator's
/// dtype of the input's.
struct NormOperands {
  let sizes: NormSizes
  let input: Tensor
  var weight: Tensor? = nil
  var bias: Tensor? = nil
  /// Of each set; written by the forward unless they are given.
  var mean: Tensor? = nil
  var rstd: Tensor? = nil
}

/// output = (input - mean) rstd weight + bias.
struct NormCall {
  let operands: NormOperands
  let output: Tensor
  /// Of each channel, with n - 1.
  var variance: Tensor? = nil
}

/// The gradients that are asked for.
struct NormBackwardCall {
  let operands: NormOperands
  let gradient: Tensor
  let inputGradient: Tensor?
  let weightGradient: Tensor?
  let biasGradient: Tensor?
}

// Normalisation.
extension CPUBackend {
  func norm(_ call: NormCall) {
    var norm = CPUBackend.describe(call.operands)
    CPUBackend.check(dsc_norm(&norm, call.output.address, call.variance?.address))
  }

  func normBackward(_ call: NormBackwardCall) {
    var norm = CPUBackend.describe(call.operands)
    CPUBackend.check(
      dsc_norm_backward(
        &norm, call.gradient.address, call.inputGradient?.address, call.weightGradient?.address,
        call.biasGradient?.address))
  }

  private static func describe(_ operands: NormOperands) -> DscNorm {
    let sizes = operands.sizes
    let kind: DscNormKind =
      switch sizes.kind {
      case .rows: .DSC_NORM_ROWS
      case .groups: .DSC_NORM_GROUPS
      case .channels: .DSC_NORM_CHANNELS
      case .channelsLast: .DSC_NORM_CHANNELS_LAST
      }
    return DscNorm(
      kind: kind, dtype: operands.input.dtype.c, outer: Int64(sizes.outer),
      channels: Int64(sizes.channels), inner: Int64(sizes.inner), groups: Int64(sizes.groups),
      eps: sizes.eps, centred: sizes.isCentred, given: sizes.isGiven, x: operands.input.address,
      weight: UnsafeRawPointer(operands.weight?.address),
      bias: UnsafeRawPointer(operands.bias?.address), mean: operands.mean?.address,
      rstd: operands.rstd?.address)
  }
}
