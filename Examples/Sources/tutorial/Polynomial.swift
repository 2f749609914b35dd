// Fitting a polynomial of third order to sin(x), six ways.

import Descent

let polynomialTutorials = [
  Tutorial(
    name: "polynomial-numpy", summary: "gradient descent by hand on arrays of doubles",
    run: polynomialNumPy),
  Tutorial(name: "polynomial-tensors", summary: "the same with tensors", run: polynomialTensors),
  Tutorial(name: "polynomial-autograd", summary: "gradients by autograd", run: polynomialAutograd),
  Tutorial(name: "polynomial-nn", summary: "a Sequential model and MSELoss", run: polynomialNN),
  Tutorial(name: "polynomial-optim", summary: "updates by RMSprop", run: polynomialOptim),
  Tutorial(
    name: "polynomial-module", summary: "a module of one's own with SGD", run: polynomialModule),
]

func polynomialNumPy(seed: Int?) {
  // Create random input and output data
  let x = Tensor.linspace(-Double.pi, Double.pi, 2000, dtype: .float64)
  let y = x.sin()

  // Randomly initialize weights
  let random = NumPyRandom(seed: seed ?? Int.random(in: 0..<1 << 31))
  var a = random.randn()
  var b = random.randn()
  var c = random.randn()
  var d = random.randn()

  let learningRate = 1e-6
  for t in 0..<2000 {
    // Forward pass: compute predicted y
    // y = a + b x + c x^2 + d x^3
    let yPred = a + b * x + c * x ** 2 + d * x ** 3

    // Compute and print loss
    let loss = (yPred - y).square().sum().item()
    if t % 100 == 99 {
      print(t, loss)
    }

    // Backprop to compute gradients of a, b, c, d with respect to loss
    let gradYPred = 2.0 * (yPred - y)
    let gradA = gradYPred.sum().item()
    let gradB = (gradYPred * x).sum().item()
    let gradC = (gradYPred * x ** 2).sum().item()
    let gradD = (gradYPred * x ** 3).sum().item()

    // Update weights
    a -= learningRate * gradA
    b -= learningRate * gradB
    c -= learningRate * gradC
    d -= learningRate * gradD
  }

  print("Result: y = \(a) + \(b) x + \(c) x^2 + \(d) x^3")
}

func polynomialTensors(seed: Int?) {
  let dtype = DType.float
  let device = Device("cpu")
  // let device = Device("cuda:0")  // Uncomment this to run on GPU

  // Create random input and output data
  let x = Tensor.linspace(-Double.pi, Double.pi, 2000, dtype: dtype, device: device)
  let y = x.sin()

  // Randomly initialize weights
  let a = Tensor.randn(dtype: dtype, device: device)
  let b = Tensor.randn(dtype: dtype, device: device)
  let c = Tensor.randn(dtype: dtype, device: device)
  let d = Tensor.randn(dtype: dtype, device: device)

  let learningRate = 1e-6
  for t in 0..<2000 {
    // Forward pass: compute predicted y
    let yPred = a + b * x + c * x ** 2 + d * x ** 3

    // Compute and print loss
    let loss = (yPred - y).pow(2).sum().item()
    if t % 100 == 99 {
      print(t, loss)
    }

    // Backprop to compute gradients of a, b, c, d with respect to loss
    let gradYPred = 2.0 * (yPred - y)
    let gradA = gradYPred.sum()
    let gradB = (gradYPred * x).sum()
    let gradC = (gradYPred * x ** 2).sum()
    let gradD = (gradYPred * x ** 3).sum()

    // Update weights using gradient descent
    a -= learningRate * gradA
    b -= learningRate * gradB
    c -= learningRate * gradC
    d -= learningRate * gradD
  }

  print("Result: y = \(a.item()) + \(b.item()) x + \(c.item()) x^2 + \(d.item()) x^3")
}

func polynomialAutograd(seed: Int?) {
  let dtype = DType.float
  let device = Device("cpu")
  // let device = Device("cuda:0")  // Uncomment this to run on GPU

  // Create Tensors to hold input and outputs.
  // By default, requiresGrad is false, which indicates that we do not need to
  // compute gradients with respect to these Tensors during the backward pass.
  let x = Tensor.linspace(-Double.pi, Double.pi, 2000, dtype: dtype, device: device)
  let y = x.sin()

  // Create random Tensors for weights. For a third order polynomial, we need
  // 4 weights: y = a + b x + c x^2 + d x^3
  // Setting requiresGrad: true indicates that we want to compute gradients with
  // respect to these Tensors during the backward pass.
  let a = Tensor.randn(dtype: dtype, device: device, requiresGrad: true)
  let b = Tensor.randn(dtype: dtype, device: device, requiresGrad: true)
  let c = Tensor.randn(dtype: dtype, device: device, requiresGrad: true)
  let d = Tensor.randn(dtype: dtype, device: device, requiresGrad: true)

  let learningRate = 1e-6
  for t in 0..<2000 {
    // Forward pass: compute predicted y using operations on Tensors.
    let yPred = a + b * x + c * x ** 2 + d * x ** 3

    // Compute and print loss using operations on Tensors.
    // Now loss is a 0-d Tensor; loss.item() gets the number held in it.
    let loss = (yPred - y).pow(2).sum()
    if t % 100 == 99 {
      print(t, loss.item())
    }

    // Use autograd to compute the backward pass. This call will compute the
    // gradient of loss with respect to all Tensors with requiresGrad.
    // After this call a.grad, b.grad, c.grad and d.grad will be Tensors holding
    // the gradient of the loss with respect to a, b, c, d respectively.
    loss.backward()

    // Manually update weights using gradient descent. Wrap in noGrad
    // because weights have requiresGrad, but we don't need to track this
    // in autograd.
    noGrad {
      a -= learningRate * a.grad!
      b -= learningRate * b.grad!
      c -= learningRate * c.grad!
      d -= learningRate * d.grad!

      // Manually zero the gradients after updating weights
      a.grad = nil
      b.grad = nil
      c.grad = nil
      d.grad = nil
    }
  }

  print("Result: y = \(a.item()) + \(b.item()) x + \(c.item()) x^2 + \(d.item()) x^3")
}

/// Inputs [2000, 3] with x, x^2 and x^3 as columns, and the targets.
private func powersOfX() -> (inputs: Tensor, targets: Tensor) {
  // Create Tensors to hold input and outputs
  let x = Tensor.linspace(-Double.pi, Double.pi, 2000)
  let y = x.sin()

  // tensor (x, x^2, x^3)
  let p = Tensor([1, 2, 3])
  return (x.unsqueeze(-1).pow(p), y)
}

private func printResult(of layer: Linear) {
  print(
    "Result: y = \(layer.bias!.item()) + \(layer.weight[.all, 0].item()) x"
      + " + \(layer.weight[.all, 1].item()) x^2 + \(layer.weight[.all, 2].item()) x^3")
}

func polynomialNN(seed: Int?) {
  let (xx, y) = powersOfX()

  let model = Sequential(
    Linear(3, 1),
    Flatten(0, 1)
  )
  let lossFn = MSELoss(reduction: .sum)

  let learningRate = 1e-6
  for t in 0..<2000 {
    let yPred = model(xx)
    let loss = lossFn(yPred, y)
    if t % 100 == 99 {
      print(t, loss.item())
    }

    model.zeroGrad()
    loss.backward()
    noGrad {
      for param in model.parameters() {
        param -= learningRate * param.grad!
      }
    }
  }

  let linearLayer = model[0] as! Linear
  printResult(of: linearLayer)
}

func polynomialOptim(seed: Int?) {
  let (xx, y) = powersOfX()

  let model = Sequential(
    Linear(3, 1),
    Flatten(0, 1)
  )
  let lossFn = MSELoss(reduction: .sum)

  let optimizer = RMSprop(model.parameters(), lr: 1e-3)
  for t in 0..<2000 {
    let yPred = model(xx)
    let loss = lossFn(yPred, y)
    if t % 100 == 99 {
      print(t, loss.item())
    }

    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
  }

  let linearLayer = model[0] as! Linear
  printResult(of: linearLayer)
}

final class Polynomial3: Module {
  let a = Parameter(Tensor.randn())
  let b = Parameter(Tensor.randn())
  let c = Parameter(Tensor.randn())
  let d = Parameter(Tensor.randn())

  override func forward(_ x: Tensor) -> Tensor {
    a + b * x + c * x ** 2 + d * x ** 3
  }

  func string() -> String {
    "y = \(a.item()) + \(b.item()) x + \(c.item()) x^2 + \(d.item()) x^3"
  }
}

func polynomialModule(seed: Int?) {
  let x = Tensor.linspace(-Double.pi, Double.pi, 2000)
  let y = x.sin()

  let model = Polynomial3()
  let criterion = MSELoss(reduction: .sum)
  let optimizer = SGD(model.parameters(), lr: 1e-6)
  for t in 0..<2000 {
    let yPred = model(x)
    let loss = criterion(yPred, y)
    if t % 100 == 99 {
      print(t, loss.item())
    }

    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
  }

  print("Result: \(model.string())")
}
