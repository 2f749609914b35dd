import Descent

/// B7: an LSTM of two layers over 64 steps.
@MainActor let recurrentRows: [Row] = [
  Row("B7-lstm") {
    let model = LSTM(256, 256, numLayers: 2)
    let x = Tensor.randn(64, 32, 256)
    return { noGrad { model(x, nil).output } }
  },
  Row("B7-lstm-grad") {
    let model = LSTM(256, 256, numLayers: 2)
    let x = Tensor.randn(64, 32, 256, requiresGrad: true)
    let g = Tensor.randn(64, 32, 256)
    return {
      for parameter in model.parameters() { parameter.grad = nil }
      x.grad = nil
      model(x, nil).output.backward(g)
      return x.grad!
    }
  },
]
