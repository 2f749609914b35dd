import Descent

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
) -> () -> Tensor {
  let lossFn = MSELoss(reduction: reduction)
  return {
    let loss = lossFn(model(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss
  }
}

/// One step of the tutorials' programs.
@MainActor let trainingRows: [Row] = [
  Row("T3-polynomial-autograd") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let y = x.sin()
    let weights = (0..<4).map { _ in Tensor.randn(requiresGrad: true) }
    return {
      let (a, b, c, d) = (weights[0], weights[1], weights[2], weights[3])
      let loss = (a + b * x + c * x ** 2 + d * x ** 3 - y).pow(2).sum()
      loss.backward()
      noGrad {
        for w in weights {
          w -= 1e-6 * w.grad!
          w.grad = nil
        }
      }
      return loss
    }
  },
  Row("T4-polynomial-sequential") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let model = Sequential(Linear(3, 1), Flatten(0, 1))
    return step(
      model, SGD(model.parameters(), lr: 1e-6), x.unsqueeze(-1).pow(Tensor([1, 2, 3])), x.sin(),
      .sum)
  },
  Row("T5-polynomial-rmsprop") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let model = Sequential(Linear(3, 1), Flatten(0, 1))
    return step(
      model, RMSprop(model.parameters(), lr: 1e-3), x.unsqueeze(-1).pow(Tensor([1, 2, 3])), x.sin(),
      .sum)
  },
  Row("T6-polynomial-module") {
    let x = Tensor.linspace(-3.14159265, 3.14159265, 2000)
    let model = Polynomial3()
    return step(model, SGD(model.parameters(), lr: 1e-6), x, x.sin(), .sum)
  },
  Row("T7a-regression-parameter") {
    let x = Tensor.linspace(-2, 12, 100).view(100, 1)
    let model = Line()
    return step(model, SGD(model.parameters(), lr: 1e-3), x, 3 * x + 10, .mean)
  },
  Row("T7b-regression-linear") {
    let x = Tensor.linspace(-2, 12, 100).view(100, 1)
    let model = Linear(1, 1)
    return step(model, SGD(model.parameters(), lr: 1e-3), x, 3 * x + 10, .mean)
  },
  Row("T8-perceptron-autograd") {
    let (x, y) = (Tensor.randn(100, 1000), Tensor.randn(100, 10))
    let w1 = Tensor.randn(1000, 100, requiresGrad: true)
    let w2 = Tensor.randn(100, 10, requiresGrad: true)
    return {
      let loss = (x.mm(w1).clamp(min: 0).mm(w2) - y).pow(2).sum()
      loss.backward()
      noGrad {
        for w in [w1, w2] {
          w -= 1e-9 * w.grad!
          w.grad = nil
        }
      }
      return loss
    }
  },
  Row("T9-line-autograd") {
    let x = Tensor.rand(50)
    let y = x * 3 + 0.8
    let (w, b) = (Tensor.ones(1, requiresGrad: true), Tensor.zeros(1, requiresGrad: true))
    return {
      let loss = (x * w + b - y).pow(2).mean()
      loss.backward()
      for p in [w, b] {
        p.data -= 0.01 * p.grad!.data
        p.grad!.data.zero_()
      }
      return loss
    }
  },
  Row("T10-epoch-softmax") { epoch(of: Linear(784, 10)) },
  Row("T10-epoch-perceptron") {
    epoch(of: Sequential(Linear(784, 256), ReLU(), Linear(256, 10)))
  },
]

/// One epoch of 60,000 images in batches of 256, through the DataLoader.
@MainActor private func epoch(of model: Module) -> () -> Tensor {
  let images = Tensor.randn(60_000, 784)
  let labels = Tensor.randint(10, [60_000])
  let loader = DataLoader(TensorDataset(images, labels), batchSize: 256, shuffle: true)
  let optimizer = SGD(model.parameters(), lr: 0.01)
  let lossFn = CrossEntropyLoss()
  return {
    var last = Tensor.zeros()
    for (x, y) in loader {
      last = lossFn(model(x), y)
      optimizer.zeroGrad()
      last.backward()
      optimizer.step()
    }
    return last
  }
}
