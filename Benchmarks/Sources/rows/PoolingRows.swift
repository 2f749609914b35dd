import Descent

/// B4: pooling of 16 x 64 planes of 112 x 112, with its gradient, and from channels that lie last.
@MainActor let poolingRows: [Row] =
  pooling("max-pool-2x2") { $0.maxPool2d(2) }
  + pooling("max-pool-3x3") { $0.maxPool2d(3, stride: 2, padding: 1) }
  + pooling("avg-pool") { $0.avgPool2d(2) }
  + pooling("avg-pool-3x3") { $0.avgPool2d(3, stride: 2, padding: 1) }
  + pooling("adaptive-avg-pool") { $0.adaptiveAvgPool2d(7) }
  + pooling("adaptive-max-pool") { $0.adaptiveMaxPool2d(7) }

@MainActor private func pooling(_ name: String, _ body: @escaping (Tensor) -> Tensor) -> [Row] {
  [
    Row("B4-\(name)") {
      let x = Tensor.randn(16, 64, 112, 112)
      return { body(x) }
    },
    Row("B4-\(name)-grad") {
      let x = Tensor.randn(16, 64, 112, 112).requiresGrad_()
      return withBackward([x], Tensor.randn(body(x.detach()).shape)) { body(x) }
    },
    Row("B4-\(name)-channels-last") {
      let x = Tensor.randn(16, 112, 112, 64).permute(0, 3, 1, 2)
      return { body(x) }
    },
  ]
}
