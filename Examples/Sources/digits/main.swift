// Trains a perceptron on the UCI handwritten digits, 1,797 images of 8 x 8 pixels.
//
//   swift run -c release --package-path Examples digits [--epochs N] [--seed N]

import Descent
import Foundation

func option(_ name: String, _ fallback: Int) -> Int {
  guard let flag = CommandLine.arguments.firstIndex(of: name) else { return fallback }
  guard flag + 1 < CommandLine.arguments.count, let number = Int(CommandLine.arguments[flag + 1]),
    number >= 0
  else {
    FileHandle.standardError.write(Data("digits: \(name) takes a number\n".utf8))
    exit(2)
  }
  return number
}

let epochs = option("--epochs", 30)
manualSeed(option("--seed", 0))

let digits = try Digits.load()
let parts = randomSplit(digits, [0.8, 0.2])
let (train, test) = (parts[0], parts[1])

let model = Sequential(
  Linear(64, 128),
  ReLU(),
  Dropout(0.2),
  Linear(128, 10)
)
print(model)
print("\(train.count) images to learn from, \(test.count) to test on\n")

let lossFn = CrossEntropyLoss()
let optimizer = Adam(model.parameters(), lr: 3e-3, weightDecay: 1e-4)
let loader = DataLoader(train, batchSize: 64, shuffle: true)

/// The share of images whose likeliest digit is the right one.
func accuracy(of model: Module, on images: Subset<TensorDataset<(Tensor, Tensor)>>) -> Double {
  model.eval()
  defer { model.train() }
  let (x, y) = images.batch(at: Array(0..<images.count))
  return noGrad { (model(x).argmax(dim: 1) .== y).float().mean().item() }
}

func percent(_ share: Double) -> String { String(format: "%5.1f %%", share * 100) }

let isTerminal = isatty(1) != 0
let clock = ContinuousClock()
let start = clock.now
var losses: [Double] = []
for epoch in 1...max(epochs, 1) {
  var total = 0.0
  for (batch, (x, y)) in loader.enumerated() {
    optimizer.zeroGrad()
    let loss = lossFn(model(x), y)
    loss.backward()
    optimizer.step()
    total += loss.item()
    if isTerminal {
      let done = (batch + 1) * 20 / loader.count
      let bar = String(repeating: "█", count: done) + String(repeating: "░", count: 20 - done)
      print(
        String(format: "\repoch %2d %@ loss %.4f", epoch, bar, total / Double(batch + 1)),
        terminator: "")
      fflush(nil)
    }
  }
  losses.append(total / Double(loader.count))
  print(
    (isTerminal ? "\r\u{1B}[K" : "")
      + String(format: "epoch %2d  loss %.4f", epoch, losses[epoch - 1])
      + "  train \(percent(accuracy(of: model, on: train)))  test \(percent(accuracy(of: model, on: test)))"
  )
}
let elapsed = start.duration(to: clock.now)
print(
  "\ntrained in \(elapsed.formatted(.units(allowed: [.seconds, .milliseconds], width: .abbreviated)))"
)

try Safetensors.save(model.stateDict(), to: "digits.safetensors")
let figure = Figure()
figure.plot(losses, label: "training loss")
figure.title = "Handwritten digits"
figure.xLabel = "epoch"
figure.yLabel = "cross entropy"
figure.legend()
try figure.save("digits.svg")
print("wrote digits.safetensors and digits.svg")
if isTerminal { figure.show() }
