import DescentCore
import DescentNN
import Testing

/// Padding and shuffling layers: PyTorch's text and shapes; their values are compared by the goldens.
@Suite("Padding layers")
struct PaddingTests {
  @Test("print gives PyTorch's text")
  func text() {
    let expected: [(Module, String)] = [
      (ConstantPad1d(1, value: 2), "ConstantPad1d(padding=(1, 1), value=2)"),
      (ConstantPad2d(1, 2, 3, 4, value: 3.5), "ConstantPad2d(padding=(1, 2, 3, 4), value=3.5)"),
      (ZeroPad2d(1), "ZeroPad2d((1, 1, 1, 1))"), (ReflectionPad1d(1), "ReflectionPad1d((1, 1))"),
      (ReplicationPad3d(2), "ReplicationPad3d((2, 2, 2, 2, 2, 2))"),
      (CircularPad1d([1, 2]), "CircularPad1d((1, 2))"),
      (PixelShuffle(2), "PixelShuffle(upscale_factor=2)"),
      (PixelUnshuffle(2), "PixelUnshuffle(downscale_factor=2)"),
      (ChannelShuffle(2), "ChannelShuffle(groups=2)"),
      (RReLU(), "RReLU(lower=0.125, upper=0.3333333333333333)"),
    ]
    for (module, text) in expected { #expect("\(module)" == text) }
  }

  @Test("sides are counted from the last dimension")
  func sides() {
    let x = Tensor.ones(1, 2, 3)
    #expect(ZeroPad2d(1, 2, 0, 4)(x).shape == [1, 6, 6])
    #expect(ConstantPad1d(1, 0, value: 7)(x).toArray() == [7, 1, 1, 1, 7, 1, 1, 1])
    #expect(ReflectionPad1d(2)(Tensor([[1.0, 2, 3]])).toArray() == [3, 2, 1, 2, 3, 2, 1])
  }

  @Test(
    "misuse is refused",
    arguments: [
      { _ = ReflectionPad2d(1, 2) }, { _ = ConstantPad3d([1, 1], value: 0) },
      { _ = CircularPad2d(1)(Tensor.ones(4, 4)) }, { _ = ReflectionPad1d(4)(Tensor.ones(1, 4)) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
