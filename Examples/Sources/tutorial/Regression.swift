// Linear regression: parameters of one's own, and a Linear layer.

import Descent

let regressionTutorials = [
  Tutorial(
    name: "regression-parameter", summary: "a module with two parameters", run: regressionParameter),
  Tutorial(
    name: "regression-linear", summary: "the same with a Linear layer", run: regressionLinear),
]

final class ParameterRegression: Module {
  let a = Parameter(Tensor.randn(1, 1), requiresGrad: true)  // 1 x 1
  let b = Parameter(Tensor.randn(1, 1), requiresGrad: true)  // 1 x 1

  override func forward(_ x: Tensor) -> Tensor {
    let t = x.mm(a)  // n x 1
    return t + b.expandAs(t)  // n x 1
  }
}

final class LinearRegression: Module {
  let linear = Linear(1, 1)  // 1 x 1

  override func forward(_ x: Tensor) -> Tensor {
    linear(x)  // n x 1
  }
}

/// - Parameter makeModel: called after the data are drawn, as in the original.
private func train(_ name: String, _ makeModel: () -> Module) {
  let n = 100
  let x = Tensor.linspace(-2, 12, n).resize_(n, 1)  // n x 1 tensor
  let y = 3 * x + 10 + Tensor.randn(x.size())  // n x 1 tensor

  let model = makeModel()
  let criterion = MSELoss()
  let optimizer = SGD(model.parameters(), lr: 1e-3)

  let numEpochs = 20000
  for epoch in 0..<numEpochs {
    let (inputs, targets) = (x, y)  // tensors are variables nowadays

    let out = model(inputs)
    let loss = criterion(out, targets)

    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()

    if (epoch + 1) % 100 == 0 {
      print("Epoch[\(epoch + 1)/\(numEpochs)], loss:\(fixed(loss.item(), 6))")
    }
  }

  for (name, param) in model.namedParameters() {
    print(name, param.data)
  }

  let predict = model(x)
  let figure = Figure()
  figure.plot(x, y, "ro", label: "Original Data")
  figure.plot(x, predict.data, label: "Fitting Line")
  figure.legend()
  show(figure, name)
}

func regressionParameter(seed: Int?) { train("regression-parameter") { ParameterRegression() } }
func regressionLinear(seed: Int?) { train("regression-linear") { LinearRegression() } }
