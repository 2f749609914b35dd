// Mini-batches by hand, views, accuracy, softmax, and gradients from the middle of a graph.

import Descent

let sampleTutorials = [
  Tutorial(
    name: "data-iter", summary: "shuffled mini-batches with a generator of one's own", run: dataIter
  ),
  Tutorial(name: "views", summary: "one tensor under several shapes", run: views),
  Tutorial(
    name: "accuracy", summary: "gather, argmax and the accuracy of a classifier",
    run: accuracyOfAClassifier),
  Tutorial(
    name: "softmax", summary: "softmax, cross entropy and weight decay", run: softmaxAndCrossEntropy
  ),
  Tutorial(
    name: "vector-jacobian", summary: "backward with a vector, and from an intermediate result",
    run: vectorJacobian),
]

/// Yields shuffled mini-batches; the last may be smaller.
func dataIter(
  _ batchSize: Int, _ features: Tensor, _ labels: Tensor, _ random: PythonRandom
) -> some Sequence<(Tensor, Tensor)> {
  let numExamples = features.count
  var indices = Array(0..<numExamples)
  random.shuffle(&indices)  // random read of samples
  return stride(from: 0, to: numExamples, by: batchSize).lazy.map { i in
    let j = Tensor(Array(indices[i..<min(i + batchSize, numExamples)]))  // the last may be smaller
    return (features.indexSelect(0, j), labels.indexSelect(0, j))
  }
}

func dataIter(seed: Int?) {
  let random = PythonRandom(seed: seed ?? Int.random(in: 0..<1 << 31))
  var indices = Array(0..<20)
  print(indices)
  random.shuffle(&indices)
  print(indices)

  let features = Tensor.arange(40.0).view(20, 2)
  let labels = Tensor.arange(20)
  for (x, y) in dataIter(6, features, labels, random) {
    print(x.shape, y)
  }
}

func views(seed: Int?) {
  let y = Tensor([1, 2, 3, 4, 5, 7, 8]).float()
  print(y.shape)
  print(y.view(-1))
  print(y.view(-1, 1))
  print(y.view(7, 1))
  let squares = Tensor([2.33 - 3.14, 1.07 - 0.98, 1.23 - 1.32], dtype: .float64).square()
  print((0.5 * (1.0 / 3) * squares.sum()).item())
}

func accuracy(_ yHat: Tensor, _ y: Tensor) -> Double {
  (yHat.argmax(dim: 1) .== y).float().mean().item()
}

func accuracyOfAClassifier(seed: Int?) {
  let yHat = Tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
  let y = Tensor([0, 2])  // the true labels
  print(y.view(-1, 1))
  print(yHat.gather(1, y.view(-1, 1)))
  print(yHat.argmax(dim: 1))
  print(yHat.argmax(dim: 1) .== y)
  print((yHat.argmax(dim: 1) .== y).float())
  print((yHat.argmax(dim: 1) .== y).float().mean())
  print(accuracy(yHat, y))
}

func softmaxAndCrossEntropy(seed: Int?) {
  let logits = Tensor.randn(2, 3)
  let y = Tensor([0, 2])

  // The softmax does not change if a constant is added to all logits, nor does the cross entropy.
  print(logits.softmax(dim: 1))
  print((logits + 100).softmax(dim: 1))
  print(logits.crossEntropy(y))
  print((logits + 100).crossEntropy(y))

  // That is why weights are regularised: weight decay pulls them towards zero.
  let model = Sequential(Linear(4, 8), ReLU(), Linear(8, 3))
  let optimizer = SGD(model.parameters(), lr: 0.1, weightDecay: 0.1)
  let x = Tensor.randn(6, 4)
  let labels = Tensor([0, 1, 2, 0, 1, 2])
  for step in 0..<3 {
    optimizer.zeroGrad()
    let loss = model(x).crossEntropy(labels)
    loss.backward()
    optimizer.step()
    print(step, loss.item())
  }
}

func vectorJacobian(seed: Int?) {
  // y.backward(w) computes the gradient of sum(y * w).
  let x = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
  let w = Tensor([1.0, 0.1, 0.01])
  let y = x * x
  y.backward(w)
  print(x.grad!)

  // Backward may start at an intermediate result n, given dl/dn.
  let a = Tensor([2.0, 3.0], requiresGrad: true)
  let n = a * a
  let l = (n * Tensor([5.0, 7.0])).sum()
  let dn = grad([l], [n.detach().requiresGrad_()], allowUnused: true)
  print(dn[0] == nil)  // a copy of n is not part of l's graph
  n.backward(Tensor([5.0, 7.0]))
  print(a.grad!)

  // Gradients accumulate until they are zeroed.
  let b = Tensor([1.0], requiresGrad: true)
  (b * 2).backward()
  (b * 3).backward()
  print(b.grad!)
  b.grad = nil
  (b * 3).backward()
  print(b.grad!)
}
