import Descent

/// LeNet-5 with max pooling.
final class LeNet: Module {
  let c1 = Conv2d(1, 6, 5, padding: 2)
  let c2 = Conv2d(6, 16, 5)
  let f1 = Linear(400, 120)
  let f2 = Linear(120, 84)
  let f3 = Linear(84, 10)

  override func forward(_ x: Tensor) -> Tensor {
    let y = c2(c1(x).relu().maxPool2d(2)).relu().maxPool2d(2)
    return f3(f2(f1(y.flatten(1)).relu()).relu())
  }
}

final class ResidualBlock: Module {
  let c1: Conv2d
  let b1: BatchNorm2d
  let c2: Conv2d
  let b2: BatchNorm2d
  let shortcut: Sequential?

  init(_ channels: Int, _ outputs: Int, stride: Int) {
    c1 = Conv2d(channels, outputs, 3, stride: stride, padding: 1, bias: false)
    b1 = BatchNorm2d(outputs)
    c2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false)
    b2 = BatchNorm2d(outputs)
    shortcut =
      stride == 1 && channels == outputs
      ? nil
      : Sequential(
        Conv2d(channels, outputs, 1, stride: stride, bias: false), BatchNorm2d(outputs))
  }

  override func forward(_ x: Tensor) -> Tensor {
    let y = b2(c2(b1(c1(x)).relu()))
    return (y + (shortcut?(x) ?? x)).relu()
  }
}

/// ResNet-18 (He et al. 2015).
final class ResNet18: Module {
  let stem = Sequential(
    Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false), BatchNorm2d(64), ReLU(),
    MaxPool2d(3, stride: 2, padding: 1))
  let blocks: Sequential
  let head: Linear

  override init() {
    var blocks: [Module] = []
    var channels = 64
    for (outputs, stride) in [(64, 1), (128, 2), (256, 2), (512, 2)] {
      blocks.append(ResidualBlock(channels, outputs, stride: stride))
      blocks.append(ResidualBlock(outputs, outputs, stride: 1))
      channels = outputs
    }
    self.blocks = Sequential(blocks)
    head = Linear(512, 1000)
  }

  override func forward(_ x: Tensor) -> Tensor { head(blocks(stem(x)).mean(dim: [2, 3])) }
}

/// B5: models of vision; what training rows compare is the first loss.
@MainActor let visionRows: [Row] = [
  Row("B5-lenet-train") {
    let model = LeNet()
    let images = Tensor.randn(64, 1, 28, 28)
    let optimizer = SGD(model.parameters(), lr: 0.1)
    return classification(model, optimizer, images, Tensor.randint(10, [64]))
  },
  Row("B5-resnet18-train") {
    let model = ResNet18()
    let images = Tensor.randn(8, 3, 64, 64)
    let optimizer = SGD(model.parameters(), lr: 0.01, momentum: 0.9)
    return classification(model, optimizer, images, Tensor.randint(1000, [8]))
  },
  Row("B5-resnet18-inference") {
    let model = ResNet18()
    model.eval()
    let image = Tensor.randn(1, 3, 224, 224)
    return { noGrad { model(image) } }
  },
]

@MainActor private func classification(
  _ model: Module, _ optimizer: Optimizer, _ images: Tensor, _ labels: Tensor
) -> () -> Tensor {
  let lossFn = CrossEntropyLoss()
  return {
    let loss = lossFn(model(images), labels)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss
  }
}
