// What a gradient is: by differences, by rules, by the chain rule, and how it trains a line.

import Descent

let gradientTutorials = [
  Tutorial(
    name: "gradient-descent", summary: "a line by gradient descent, updates through .data",
    run: gradientDescent),
  Tutorial(
    name: "numeric-gradient", summary: "central differences against autograd", run: numericGradient),
  Tutorial(name: "matrix-rules", summary: "gradients of Ax, x'A, x'Ax and |x|^2", run: matrixRules),
  Tutorial(
    name: "computation-graph", summary: "J = 3(a + bc) drawn with values and gradients",
    run: computationGraph),
]

func gradientDescent(seed: Int?) {
  // 1. data y = 3x + 0.8, and the parameters
  let x = Tensor.rand(50)
  let y = 3 * x + 0.8

  let w = Tensor.rand(1, requiresGrad: true)
  let b = Tensor.rand(1, requiresGrad: true)
  print("初始w=\(w),b=\(b)")

  func lossFn(_ y: Tensor, _ yPredict: Tensor) -> Tensor {
    let loss = (yPredict - y).pow(2).mean()
    for i in [w, b] {
      // Set the gradient to 0 before each backward: it accumulates otherwise.
      if i.grad != nil {
        i.grad!.data.zero_()
      }
    }
    // backward computes the gradients
    loss.backward()
    return loss.data
  }

  func optimize(_ learningRate: Double) {
    w.data -= learningRate * w.grad!.data
    b.data -= learningRate * b.grad!.data
  }

  // 3000 epochs
  for epoch in 0..<3000 {
    // 2. predict
    let yPredict = x * w + b

    // 3. the loss, gradients to 0, backward
    let loss = lossFn(y, yPredict)

    if epoch % 500 == 0 {
      print(epoch, loss)
    }
    // 4. update w and b
    optimize(0.01)
  }

  // The picture: data and prediction after training
  let predict = x * w + b

  let figure = Figure()
  figure.scatter(x.data, y.data, color: .red)
  figure.plot(x.data, predict.data)
  show(figure, "gradient-descent")

  print("w", w)
  print("b", b)
}

func numericGradient(seed: Int?) {
  func f(_ w: Tensor) -> Tensor { (w ** 3 + 2 * w).sum() }

  let w = Tensor([0.5, -1.0, 2.0], dtype: .float64, requiresGrad: true)
  f(w).backward()
  let step = 1e-6
  for i in 0..<w.count {
    let up = w.detach().clone()
    let down = w.detach().clone()
    up[i] += step
    down[i] -= step
    let numeric = (f(up) - f(down)).item() / (2 * step)
    print("\(fixed(numeric, 6)) \(fixed(w.grad![i].item(), 6))")
  }
  print(gradCheck([w]) { [f($0[0])] }.passed)
}

func matrixRules(seed: Int?) {
  let a = Tensor([[1.0, 2.0], [3.0, 4.0]])
  let x = Tensor([5.0, 6.0])
  print(jacobian(x) { a.mv($0) })  // A
  print(jacobian(x) { $0.matmul(a) })  // the transpose of A
  print(jacobian(x) { $0.dot(a.mv($0)) }, (a + a.t()).mv(x))  // (A + A')x
  print(jacobian(x) { $0.dot($0) }, 2 * x)  // 2x
}

func computationGraph(seed: Int?) {
  let a = Tensor(5.0, requiresGrad: true)
  let b = Tensor(3.0, requiresGrad: true)
  let c = Tensor(2.0, requiresGrad: true)
  let v = b * c
  let u = a + v
  let j = 3 * u

  let graph = GraphDrawing(
    of: j, names: [("a", a), ("b", b), ("c", c), ("v = bc", v), ("u = a + v", u), ("J = 3u", j)])
  print("J =", j.item())
  print("dJ/da = \(a.grad!.item()), dJ/db = \(b.grad!.item()), dJ/dc = \(c.grad!.item())")
  do {
    try graph.save("computation-graph.svg")
  } catch {
    fail("\(error)")
  }
}
