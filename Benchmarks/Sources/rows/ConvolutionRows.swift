import Descent

/// B4: convolutions, forward, and forward with the gradients of input and weight.
@MainActor let convolutionRows: [Row] =
  convolution("3x3", [32, 64, 56, 56], [64, 64, 3, 3], padding: 1)
  + convolution("3x3-small", [64, 32, 28, 28], [64, 32, 3, 3], padding: 1)
  + convolution("7x7-stride2", [32, 3, 224, 224], [64, 3, 7, 7], stride: 2, padding: 3)
  + convolution("1x1", [32, 64, 56, 56], [256, 64, 1, 1])
  + convolution("depthwise", [32, 96, 56, 56], [96, 1, 3, 3], padding: 1, groups: 96)

@MainActor private func convolution(
  _ name: String, _ input: [Int], _ weight: [Int], stride: Int = 1, padding: Int = 0,
  groups: Int = 1
) -> [Row] {
  [false, true].map { backward in
    Row("B4-conv-\(name)\(backward ? "-grad" : "")") {
      let x = Tensor.randn(Shape(input), requiresGrad: backward)
      let w = Tensor.randn(Shape(weight), requiresGrad: backward)
      let size = x.conv2d(w, stride: stride, padding: padding, groups: groups).shape
      let g = Tensor.randn(size)
      return {
        let y = x.conv2d(w, stride: stride, padding: padding, groups: groups)
        if !backward { return y }
        (x.grad, w.grad) = (nil, nil)
        y.backward(g)
        return w.grad!
      }
    }
  }
}
