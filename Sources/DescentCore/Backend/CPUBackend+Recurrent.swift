import CDescent

/// One recurrent layer in one direction over all steps. Tensors are of one dtype, float32 or float64, and
/// contiguous, but the input, whose last stride alone is 1.
struct RecurrentCall {
  let kind: RecurrentKind
  let isReversed: Bool
  /// [steps, batch, inputs]
  let input: Tensor
  /// [gates hidden, inputs] and [gates hidden, hidden]
  let inputWeight: Tensor
  let hiddenWeight: Tensor
  var inputBias: Tensor? = nil
  var hiddenBias: Tensor? = nil
  /// The states to start from, [batch, hidden]; nil: zeros.
  var h: Tensor? = nil
  var c: Tensor? = nil
  /// [steps, batch, hidden]
  let output: Tensor
  /// [batch, hidden]
  let lastH: Tensor
  var lastC: Tensor? = nil
  /// What the gradient needs of LSTM and GRU: gates [steps, batch, gates hidden], an LSTM's c or a GRU's
  /// product of the state for n [steps, batch, hidden].
  var gates: Tensor? = nil
  var memory: Tensor? = nil
}

/// The gradients of a layer; its weights' are products of those of the gates.
struct RecurrentBackwardCall {
  /// The forward with its results.
  let forward: RecurrentCall
  // What comes in; nil: zeros.
  let output: Tensor?
  let lastH: Tensor?
  let lastC: Tensor?
  // What goes out: of the sums at the gates [steps batch, gates hidden], rows any distance apart, and of their
  // part that comes from the state, where that differs, alike; both summed over the steps [batch, gates hidden].
  let gates: Tensor
  let hiddenGates: Tensor?
  let sums: Tensor?
  let hiddenSums: Tensor?
  let input: Tensor?
  let h: Tensor?
  let c: Tensor?
}

// Recurrent layers.
extension CPUBackend {
  func recurrent(_ call: RecurrentCall) {
    var layer = Self.describe(call)
    let workspace = Self.workspace(&layer)
    withExtendedLifetime(workspace) { CPUBackend.check(dsc_recurrent(&layer)) }
  }

  func recurrentBackward(_ call: RecurrentBackwardCall) {
    var layer = Self.describe(call.forward)
    let workspace = Self.workspace(&layer)
    var gradients = DscRecurrentGradients(
      output: UnsafeRawPointer(call.output?.address), last_h: UnsafeRawPointer(call.lastH?.address),
      last_c: UnsafeRawPointer(call.lastC?.address), gates: call.gates.address,
      hidden_gates: call.hiddenGates?.address, sums: call.sums?.address,
      hidden_sums: call.hiddenSums?.address, x: call.input?.address, h: call.h?.address,
      c: call.c?.address, gates_row: Int64(call.gates.layout.strides[0]))
    withExtendedLifetime(workspace) {
      CPUBackend.check(dsc_recurrent_backward(&layer, &gradients))
    }
  }

  private static func workspace(_ layer: inout DscRecurrent) -> Tensor {
    let workspace = Tensor(empty: [Int(dsc_recurrent_workspace(&layer))], dtype: .uint8)
    layer.workspace = workspace.address
    return workspace
  }

  private static func describe(_ call: RecurrentCall) -> DscRecurrent {
    let cell: DscCell =
      switch call.kind {
      case .lstm: .DSC_CELL_LSTM
      case .gru: .DSC_CELL_GRU
      case .tanh: .DSC_CELL_TANH
      case .relu: .DSC_CELL_RELU
      }
    let (shape, strides) = (call.input.layout.shape, call.input.layout.strides)
    return DscRecurrent(
      cell: cell, dtype: call.output.dtype.c, steps: Int64(shape[0]), batch: Int64(shape[1]),
      inputs: Int64(shape[2]), hidden: Int64(call.output.layout.shape[2]),
      reversed: call.isReversed,
      x: UnsafeRawPointer(call.input.address), x_step: Int64(strides[0]), x_row: Int64(strides[1]),
      weight_ih: UnsafeRawPointer(call.inputWeight.address),
      weight_hh: UnsafeRawPointer(call.hiddenWeight.address),
      bias_ih: UnsafeRawPointer(call.inputBias?.address),
      bias_hh: UnsafeRawPointer(call.hiddenBias?.address), h: UnsafeRawPointer(call.h?.address),
      c: UnsafeRawPointer(call.c?.address), output: call.output.address,
      last_h: call.lastH.address, last_c: call.lastC?.address, gates: call.gates?.address,
      memory: call.memory?.address, workspace: nil)
  }
}
