import Descent

/// One measurement: `make` prepares operands and gives the work, which returns what it computed.
package struct Row {
  package let name: String
  package let make: @MainActor () -> () -> Tensor

  init(_ name: String, _ make: @escaping @MainActor () -> () -> Tensor) {
    self.name = name
    self.make = make
  }

  @MainActor package static let all: [Row] =
    smallRows + trainingRows + elementwiseRows + structureRows + productRows + convolutionRows
    + poolingRows + visionRows + recurrentRows + transformerRows + optimizerRows
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
