import Descent
import Testing

/// Pooling layers: PyTorch's text and shapes; their values are compared by the goldens.
@Suite("Pooling layers")
struct PoolingLayersTests {
  @Test("print gives PyTorch's text")
  func text() {
    let expected: [(Module, String)] = [
      (MaxPool1d(3), "MaxPool1d(kernel_size=3, stride=3, padding=0, dilation=1, ceil_mode=False)"),
      (
        MaxPool2d(3, stride: 2, padding: 1, ceilMode: true),
        "MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=True)"
      ),
      (
        MaxPool2d([3, 2], stride: [2, 1]),
        "MaxPool2d(kernel_size=(3, 2), stride=(2, 1), padding=0, dilation=1, ceil_mode=False)"
      ),
      (
        AvgPool1d(3, stride: 2, padding: 1),
        "AvgPool1d(kernel_size=(3,), stride=(2,), padding=(1,))"
      ),
      (AvgPool2d([3, 2]), "AvgPool2d(kernel_size=(3, 2), stride=(3, 2), padding=0)"),
      (AvgPool3d(2, divisorOverride: 3), "AvgPool3d(kernel_size=2, stride=2, padding=0)"),
      (AdaptiveAvgPool1d(5), "AdaptiveAvgPool1d(output_size=5)"),
      (AdaptiveAvgPool2d([5, nil]), "AdaptiveAvgPool2d(output_size=(5, None))"),
      (AdaptiveMaxPool3d([1, 2, 3]), "AdaptiveMaxPool3d(output_size=(1, 2, 3))"),
      (LPPool1d(2, 3), "LPPool1d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)"),
      (
        LPPool2d(1.2, [3, 2], stride: 1, ceilMode: true),
        "LPPool2d(norm_type=1.2, kernel_size=(3, 2), stride=1, ceil_mode=True)"
      ),
      (MaxUnpool1d(2), "MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))"),
      (
        MaxUnpool2d([2, 1], stride: 2, padding: [1, 0]),
        "MaxUnpool2d(kernel_size=(2, 1), stride=(2, 2), padding=(1, 0))"
      ),
    ]
    for (module, text) in expected { #expect("\(module)" == text) }
  }

  @Test("a model with pooling runs forward and back")
  func model() {
    let model = Sequential(
      MaxPool2d(2), AvgPool2d(3, stride: 1, padding: 1), AdaptiveAvgPool2d(2), Flatten(),
      Linear(12, 2))
    let x = Tensor.randn(4, 3, 8, 8, requiresGrad: true)
    model(x).sum().backward()
    #expect(x.grad?.shape == x.shape)
  }

  @Test("unpooling puts back what pooling found")
  func unpooling() {
    let x = Tensor.randn(2, 3, 6, 7, 8)
    let (values, indices) = MaxPool3d(2).withIndices(x)
    let back = MaxUnpool3d(2)(values, indices, outputSize: [6, 7, 8])
    #expect(back.shape == x.shape && MaxPool3d(2)(back).equal(values.clamp(min: 0)))
    #expect(AdaptiveMaxPool3d(1).withIndices(x).indices.shape == [2, 3, 1, 1, 1])
  }

  @Test(
    "misuse names the operation",
    arguments: [
      { _ = MaxPool2d(2)(Tensor.ones(4, 4)) }, { _ = AvgPool1d([1, 2])(Tensor.ones(1, 4)) },
      { _ = MaxUnpool2d(2)(Tensor.ones(1, 4, 4), Tensor.ones(1, 4, 4)) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
