import Descent

/// B10: the cost of single operations on small tensors, without and with gradient.
@MainActor let smallRows: [Row] =
  [1, 16, 1024].flatMap { n in
    [
      Row("add\(n)") {
        let (x, y) = (Tensor.ones(n), Tensor.ones(n))
        return { x + y }
      },
      Row("mul\(n)") {
        let (x, y) = (Tensor.ones(n), Tensor.ones(n))
        return { x * y }
      },
    ]
  } + [
    Row("item") {
      let x = Tensor.ones(1)
      return {
        _ = x.item()
        return x
      }
    },
    Row("index") {
      let x = Tensor.ones(16, 4)
      return { x[3] }
    },
    Row("view") {
      let x = Tensor.ones(16)
      return { x.view(4, 4) }
    },
    Row("add16-grad") {
      let (x, y) = (Tensor.ones(16, requiresGrad: true), Tensor.ones(16))
      return withBackward([x], Tensor.ones(16)) { x + y }
    },
    Row("chain10-grad") {
      let (x, y) = (Tensor.ones(16, requiresGrad: true), Tensor.ones(16))
      return withBackward([x], Tensor.ones(16)) {
        var z = x
        for _ in 0..<10 { z = z * y }
        return z
      }
    },
    Row("linear16") {
      let layer = Linear(16, 16)
      let x = Tensor.ones(1, 16)
      return { layer(x) }
    },
  ]
