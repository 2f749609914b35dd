// A network of two layers: by hand, with autograd, as a module, with a function of one's own.

import Descent

let twoLayerTutorials = [
  Tutorial(name: "two-layer-manual", summary: "forward and backward by hand", run: twoLayerManual),
  Tutorial(
    name: "two-layer-autograd", summary: "gradients by autograd, updates through .data",
    run: twoLayerAutograd),
  Tutorial(
    name: "two-layer-module", summary: "a module whose forward takes the weights",
    run: twoLayerModule),
  Tutorial(
    name: "two-layer-function", summary: "a ReLU with forward and backward of one's own",
    run: twoLayerFunction),
]

private let batchN = 100
private let inputData = 1000
private let hiddenLayer = 100
private let outputData = 10
private let epochN = 20
private let learningRate = 1e-6

private func report(_ epoch: Int, _ loss: Double) {
  print("Epoch:\(epoch) , Loss:\(fixed(loss, 4))")
}

func twoLayerManual(seed: Int?) {
  let x = Tensor.randn(batchN, inputData)
  let y = Tensor.randn(batchN, outputData)

  let w1 = Tensor.randn(inputData, hiddenLayer)
  let w2 = Tensor.randn(hiddenLayer, outputData)

  for epoch in 0..<epochN {
    let h1 = x.mm(w1)  // 100 x 100
    let h1Relu = h1.clamp(min: 0)
    let yPred = h1Relu.mm(w2)  // 100 x 10

    let loss = (yPred - y).pow(2).sum().item()
    report(epoch, loss)

    let gradYPred = 2 * (yPred - y)
    let gradW2 = h1Relu.t().mm(gradYPred)

    var gradH = gradYPred.clone()
    gradH = gradH.mm(w2.t())
    gradH = Tensor.where(h1 .> 0, gradH, 0)  // the gradient passes where the ReLU did
    let gradW1 = x.t().mm(gradH)

    w1 -= learningRate * gradW1
    w2 -= learningRate * gradW2
  }
}

func twoLayerAutograd(seed: Int?) {
  let x = Tensor.randn(batchN, inputData)
  let y = Tensor.randn(batchN, outputData)

  let w1 = Tensor.randn(inputData, hiddenLayer, requiresGrad: true)
  let w2 = Tensor.randn(hiddenLayer, outputData, requiresGrad: true)

  for epoch in 0..<epochN {
    let yPred = x.mm(w1).clamp(min: 0).mm(w2)
    let loss = (yPred - y).pow(2).sum()
    report(epoch, loss.item())

    loss.backward()

    w1.data -= learningRate * w1.grad!.data
    w2.data -= learningRate * w2.grad!.data

    w1.grad!.data.zero_()
    w2.grad!.data.zero_()
  }
}

/// A module with several inputs declares its own call.
final class TwoLayers: Module {
  func callAsFunction(_ input: Tensor, _ w1: Tensor, _ w2: Tensor) -> Tensor {
    var x = input.mm(w1)
    x = x.clamp(min: 0)
    x = x.mm(w2)
    return x
  }
}

func twoLayerModule(seed: Int?) {
  let model = TwoLayers()
  let x = Tensor.randn(batchN, inputData)
  let y = Tensor.randn(batchN, outputData)

  let w1 = Tensor.randn(inputData, hiddenLayer, requiresGrad: true)
  let w2 = Tensor.randn(hiddenLayer, outputData, requiresGrad: true)

  for epoch in 0..<epochN {
    let yPred = model(x, w1, w2)
    let loss = (yPred - y).pow(2).sum()
    report(epoch, loss.item())

    loss.backward()

    w1.data -= learningRate * w1.grad!.data
    w2.data -= learningRate * w2.grad!.data

    w1.grad!.data.zero_()
    w2.grad!.data.zero_()
  }
}

/// max(x, 0) with forward and backward of one's own.
struct MyReLU: UnaryFunction {
  func forward(_ context: FunctionContext, _ input: Tensor) -> Tensor {
    context.saveForBackward(input)
    return input.clamp(min: 0)
  }

  func backward(_ context: FunctionContext, _ gradient: Tensor) -> Tensor {
    let input = context.savedTensors[0]
    return Tensor.where(input .< 0, 0, gradient)
  }
}

func twoLayerFunction(seed: Int?) {
  let x = Tensor.randn(batchN, inputData)
  let y = Tensor.randn(batchN, outputData)

  let w1 = Tensor.randn(inputData, hiddenLayer, requiresGrad: true)
  let w2 = Tensor.randn(hiddenLayer, outputData, requiresGrad: true)

  let relu = MyReLU()
  for epoch in 0..<epochN {
    let yPred = relu(x.mm(w1)).mm(w2)
    let loss = (yPred - y).pow(2).sum()
    report(epoch, loss.item())

    loss.backward()

    noGrad {
      w1 -= learningRate * w1.grad!
      w2 -= learningRate * w2.grad!
      w1.grad = nil
      w2.grad = nil
    }
  }
}
