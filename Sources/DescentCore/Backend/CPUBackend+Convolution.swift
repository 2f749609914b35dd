import CDescent

/// How the taps of a kernel meet an input: a number a spatial dimension (up to three).
struct ConvolutionWindow {
  var stride: Shape
  /// From tap to tap.
  var dilation: Shape
  /// Zeros before the input; what lies behind it follows from the output's size.
  var padding: Shape
  var groups: Int

  var dims: Int { stride.count }
}

/// output[n, o, t] = bias[o] + Σ weight[o, c, tap] input[n, c, t stride + tap dilation - padding].
/// Contiguous, of one dtype: float32 or float64.
struct ConvolutionCall {
  let window: ConvolutionWindow
  let input: Tensor
  /// [out, in / groups, taps...].
  let weight: Tensor
  var bias: Tensor? = nil
  let output: Tensor
}

// Convolutions and their gradients.
extension CPUBackend {
  func convolve(_ call: ConvolutionCall) {
    var convolution = Self.describe(call)
    let workspace = Self.workspace(&convolution, bytes: dsc_convolve_workspace(&convolution, false))
    withExtendedLifetime(workspace) { CPUBackend.check(dsc_convolve(&convolution)) }
  }

  /// Makes the weight from input and output: the gradient by the weight.
  func convolveWeights(_ call: ConvolutionCall) {
    var convolution = Self.describe(call)
    let workspace = Self.workspace(&convolution, bytes: dsc_convolve_workspace(&convolution, true))
    withExtendedLifetime(workspace) { CPUBackend.check(dsc_convolve_weights(&convolution)) }
  }

  /// Makes the input from weight and output: the gradient by the input.
  func convolveInput(_ call: ConvolutionCall) {
    var convolution = Self.describe(call)
    let workspace = Self.workspace(&convolution, bytes: dsc_convolve_input_workspace(&convolution))
    withExtendedLifetime(workspace) { CPUBackend.check(dsc_convolve_input(&convolution)) }
  }

  /// Gives the call the memory that it asks for.
  private static func workspace(_ call: inout DscConvolution, bytes: Int64) -> Tensor {
    let workspace = Tensor(empty: [Int(bytes)], dtype: .uint8)
    call.workspace = workspace.address
    return workspace
  }

  private static func describe(_ call: ConvolutionCall) -> DscConvolution {
    let dims = call.window.dims
    let (input, output) = (call.input.layout.shape, call.output.layout.shape)
    let weight = call.weight.layout.shape
    var result = DscConvolution()
    result.dtype = call.output.dtype.c
    result.batch = Int64(input[0])
    result.groups = Int64(call.window.groups)
    result.in_channels = Int64(input[1])
    result.out_channels = Int64(output[1])
    result.in_size = last(dims, of: input.dropFirst(2), missing: 1)
    result.out_size = last(dims, of: output.dropFirst(2), missing: 1)
    result.taps = last(dims, of: weight.dropFirst(2), missing: 1)
    result.stride = last(dims, of: call.window.stride, missing: 1)
    result.dilation = last(dims, of: call.window.dilation, missing: 1)
    result.padding = last(dims, of: call.window.padding, missing: 0)
    result.input = call.input.address
    result.weight = call.weight.address
    result.bias = UnsafeRawPointer(call.bias?.address)
    result.output = call.output.address
    return result
  }

  /// Three numbers, the missing ones in front.
  private static func last(
    _ dims: Int, of values: some Collection<Int>, missing: Int64
  ) -> (Int64, Int64, Int64) {
    var result = [Int64](repeating: missing, count: 3 - dims)
    for value in values { result.append(Int64(value)) }
    return (result[0], result[1], result[2])
  }
}
