import Descent

/// One measurement: `make` prepares operands and gives the work, which returns what it computed.
struct Row {
  let name: String
  let make: @MainActor () -> () -> Tensor

  init(_ name: String, _ make: @escaping @MainActor () -> () -> Tensor) {
    self.name = name
    self.make = make
  }
}

/// The median time of one call: 15 samples of some milliseconds each, 5 of work that takes longer.
func median(_ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  func seconds(_ count: Int) -> Double {
    let time = clock.measure { for _ in 0..<count { body() } }
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }
  var count = 1
  while seconds(count) < 0.01 { count *= 2 }
  let samples = seconds(count) > 0.1 ? 5 : 15
  return (0..<samples).map { _ in seconds(count) / Double(count) }.sorted()[samples / 2]
}

/// The work with a backward pass; what is compared is the gradient of the first leaf.
func withBackward(
  _ leaves: [Tensor], _ gradient: Tensor?, _ forward: @escaping () -> Tensor
) -> () -> Tensor {
  {
    for leaf in leaves { leaf.grad = nil }
    forward().backward(gradient)
    return leaves[0].grad!
  }
}
