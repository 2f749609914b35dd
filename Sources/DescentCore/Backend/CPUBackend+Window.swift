import CDescent

/// Windows that slide over the last dimensions of [batch, channels, …] or [channels, …].
struct Window: Sendable {
  /// The number of spatial dimensions, 1 to 3.
  let dims: Int
  /// Sizes of the tensors that the window goes over and of what it makes.
  let source: Shape
  var result: Shape
  /// A value for each spatial dimension; empty for windows that divide the source evenly.
  var size = Shape()
  var stride = Shape()
  var padding = Shape()
  var dilation = Shape()

  var isAdaptive: Bool { size.count == 0 }
  /// The number of elements of a window.
  var volume: Int { size.elementCount }
  /// Whether numbers of elements of a window fit in a byte.
  var hasByteNumbers: Bool { volume <= Int(DSC_WINDOW_BYTE_NUMBERS) }
}

/// output = the largest element of each window.
struct MaxPoolCall {
  let window: Window
  let input: Tensor
  let output: Tensor
  /// Gets the number of the largest element in its window: uint8, or int32 for larger windows.
  var numbers: Tensor? = nil
  /// Gets its place in the plane: int64.
  var indices: Tensor? = nil
}

/// output = the gradient, added where the windows found their largest elements.
struct MaxPoolBackwardCall {
  let window: Window
  let gradient: Tensor
  /// What the forward made; of adaptive windows the indices.
  let numbers: Tensor
  let output: Tensor
}

/// output = the sum of each window by `divisor`, or by the number of its elements.
struct AveragePoolCall {
  let window: Window
  let countsPadding: Bool
  let divisor: Int?
  let input: Tensor
  let output: Tensor
}

struct AveragePoolBackwardCall {
  let window: Window
  let countsPadding: Bool
  let divisor: Int?
  let gradient: Tensor
  let output: Tensor
}

// Pooling.
extension CPUBackend {
  func maxPool(_ call: MaxPoolCall) {
    var window = DscWindow(call.window)
    let (input, output) = (call.window.view(call.input), call.window.view(call.output))
    let numbers = call.window.view(call.numbers ?? call.output)
    let indices = call.window.view(call.indices ?? call.output)
    let status = withUnsafePointer(to: input) { input in
      withUnsafePointer(to: output) { output in
        withUnsafePointer(to: numbers) { numbers in
          withUnsafePointer(to: indices) { indices in
            dsc_max_pool(
              &window, input, output, call.numbers == nil ? nil : numbers,
              call.indices == nil ? nil : indices)
          }
        }
      }
    }
    CPUBackend.check(status)
  }

  func maxPoolBackward(_ call: MaxPoolBackwardCall) {
    var window = DscWindow(call.window)
    var gradient = call.window.view(call.gradient, expandedTo: call.window.result)
    var numbers = call.window.view(call.numbers)
    var output = call.window.view(call.output)
    CPUBackend.check(dsc_max_pool_backward(&window, &gradient, &numbers, &output))
  }

  func averagePool(_ call: AveragePoolCall) {
    var window = DscWindow(call.window)
    var input = call.window.view(call.input)
    var output = call.window.view(call.output)
    CPUBackend.check(
      dsc_avg_pool(&window, call.countsPadding, Int64(call.divisor ?? 0), &input, &output))
  }

  func averagePoolBackward(_ call: AveragePoolBackwardCall) {
    var window = DscWindow(call.window)
    var gradient = call.window.view(call.gradient, expandedTo: call.window.result)
    var output = call.window.view(call.output)
    CPUBackend.check(
      dsc_avg_pool_backward(
        &window, call.countsPadding, Int64(call.divisor ?? 0), &gradient, &output))
  }
}

extension Window {
  /// A tensor as [batch, channels, depth, height, width].
  fileprivate func view(_ tensor: Tensor, expandedTo shape: Shape? = nil) -> DscView {
    var layout = tensor.layout
    if let shape, layout.shape != shape { layout = layout.expanded(to: shape) }
    if layout.dims == dims + 1 { layout = layout.unsqueezed(0) }
    for _ in dims..<3 { layout = layout.unsqueezed(2) }
    var view = DscView()
    view.set(tensor, layout)
    return view
  }
}

extension DscWindow {
  fileprivate init(_ window: Window) {
    self.init()
    let isBatched = window.source.count == window.dims + 2
    batch = isBatched ? Int64(window.source[0]) : 1
    channels = Int64(window.source[-window.dims - 1])
    input = DscWindow.spatial(window.source, window.dims, missing: 1)
    output = DscWindow.spatial(window.result, window.dims, missing: 1)
    adaptive = window.isAdaptive
    if adaptive { return }
    size = DscWindow.spatial(window.size, window.dims, missing: 1)
    stride = DscWindow.spatial(window.stride, window.dims, missing: 1)
    padding = DscWindow.spatial(window.padding, window.dims, missing: 0)
    dilation = DscWindow.spatial(window.dilation, window.dims, missing: 1)
  }

  /// The last values of a list, for depth, height and width.
  private static func spatial(
    _ values: Shape, _ dims: Int, missing: Int64
  ) -> (Int64, Int64, Int64) {
    (
      dims > 2 ? Int64(values[-3]) : missing, dims > 1 ? Int64(values[-2]) : missing,
      Int64(values[-1])
    )
  }
}
