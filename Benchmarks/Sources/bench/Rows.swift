import Descent

/// The cost of single operations on small tensors, without and with gradient.
@MainActor let smallRows = [
  Row(name: "add16") {
    let (x, y) = (Tensor.ones(16), Tensor.ones(16))
    return { _ = x + y }
  },
  Row(name: "add16-grad") {
    let (x, y, g) = (Tensor.ones(16, requiresGrad: true), Tensor.ones(16), Tensor.ones(16))
    return {
      x.grad = nil
      (x + y).backward(g)
    }
  },
  Row(name: "chain10-grad") {
    let (x, y, g) = (Tensor.ones(16, requiresGrad: true), Tensor.ones(16), Tensor.ones(16))
    return {
      x.grad = nil
      var z = x
      for _ in 0..<10 { z = z * y }
      z.backward(g)
    }
  },
  Row(name: "view") {
    let x = Tensor.ones(16)
    return { _ = x.view(4, 4) }
  },
  Row(name: "linear16") {
    let layer = Linear(16, 16)
    let x = Tensor.ones(1, 16)
    return { _ = layer(x) }
  },
  Row(name: "matmul512") {
    let (a, b) = (Tensor.randn(512, 512), Tensor.randn(512, 512))
    return { _ = a.mm(b) }
  },
  Row(name: "tanh10M") {
    let x = Tensor.randn(10_000_000)
    return { _ = x.tanh() }
  },
]

final class Polynomial3: Module {
  let a = Parameter(Tensor.randn())
  let b = Parameter(Tensor.randn())
  let c = Parameter(Tensor.randn())
  let d = Parameter(Tensor.randn())
  override func forward(_ x: Tensor) -> Tensor { a + b * x + c * x ** 2 + d * x ** 3 }
}

final class Line: Module {
  let a = Parameter(Tensor.randn(1, 1))
  let b = Parameter(Tensor.randn(1, 1))
  override func forward(_ x: Tensor) -> Tensor {
    let t = x.mm(a)
    return t + b.expandAs(t)
  }
}

@MainActor func step(
  _ model: Module, _ optimizer: Optimizer, _ x: Tensor, _ y: Tensor,
  _ reduction: LossReduction
) -> () -> Void {
  let lossFn = MSELoss(reduction: reduction)
  return {
    let loss = lossFn(model(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
  }
}

/// One step of the tutorials' programs.
@MainActor let trainingRows = [
  Row(name: "T3-polynomial-autograd") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let y = x.sin()
    let weights = (0..<4).map { _ in Tensor.randn(requiresGrad: true) }
    return {
      let (a, b, c, d) = (weights[0], weights[1], weights[2], weights[3])
      (a + b * x + c * x ** 2 + d * x ** 3 - y).pow(2).sum().backward()
      noGrad {
        for w in weights {
          w -= 1e-6 * w.grad!
          w.grad = nil
        }
      }
    }
  },
  Row(name: "T4-polynomial-sequential") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let model = Sequential(Linear(3, 1), Flatten(0, 1))
    return step(
      model, SGD(model.parameters(), lr: 1e-6), x.unsqueeze(-1).pow(Tensor([1, 2, 3])), x.sin(), .sum)
  },
  Row(name: "T5-polynomial-rmsprop") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let model = Sequential(Linear(3, 1), Flatten(0, 1))
    return step(
      model, RMSprop(model.parameters(), lr: 1e-3), x.unsqueeze(-1).pow(Tensor([1, 2, 3])), x.sin(),
      .sum)
  },
  Row(name: "T6-polynomial-module") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let model = Polynomial3()
    return step(model, SGD(model.parameters(), lr: 1e-6), x, x.sin(), .sum)
  },
  Row(name: "T7a-regression-parameter") {
    let x = Tensor.linspace(-2, 12, 100).view(100, 1)
    let model = Line()
    return step(model, SGD(model.parameters(), lr: 1e-3), x, 3 * x + 10, .mean)
  },
  Row(name: "T7b-regression-linear") {
    let x = Tensor.linspace(-2, 12, 100).view(100, 1)
    let model = Linear(1, 1)
    return step(model, SGD(model.parameters(), lr: 1e-3), x, 3 * x + 10, .mean)
  },
]
