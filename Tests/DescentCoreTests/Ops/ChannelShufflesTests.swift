import DescentCore
import Testing

/// Channels moved into space and back.
@Suite("Channel shuffles")
struct ChannelShufflesTests {
  @Test("channels become blocks of pixels, and come back")
  func pixels() {
    let x = Tensor.arange(8).reshape([1, 4, 1, 2])
    #expect(x.pixelShuffle(2).toArray(Int.self) == [0, 2, 1, 3, 4, 6, 5, 7])
    let y = Tensor.rand(2, 3, 8, 4, 6, generator: Generator(seed: 1))
    #expect(y.pixelShuffle(2).shape == [2, 3, 2, 8, 12])
    #expect(y.pixelShuffle(2).pixelUnshuffle(2).toArray() == y.toArray())
  }

  @Test("channels are dealt out by groups")
  func channels() {
    let x = Tensor.arange(6).reshape([1, 6, 1])
    #expect(x.channelShuffle(2).toArray(Int.self) == [0, 3, 1, 4, 2, 5])
    #expect(Tensor.zeros(1, 0, 4).channelShuffle(2).shape == [1, 0, 4])
  }

  @Test("gradients agree with differences, and names are PyTorch's")
  func derivatives() {
    let x = Tensor.randn(
      1, 4, 2, 2, dtype: .float64, requiresGrad: true, generator: Generator(seed: 2))
    let function: ([Tensor]) -> [Tensor] = {
      [$0[0].pixelShuffle(2), $0[0].pixelUnshuffle(2), $0[0].channelShuffle(2)]
    }
    let check = gradGradCheck([x]) { function($0).map { $0 * $0 } }
    #expect(check.passed, "\(check)")
    #expect(
      function([x]).map { $0.gradFn?.name } == [
        "PixelShuffleBackward0", "PixelUnshuffleBackward0", "ChannelShuffleBackward0",
      ])
  }

  @Test(
    "misuse is refused",
    arguments: [
      { _ = Tensor.ones(4, 2).pixelShuffle(1) }, { _ = Tensor.ones(4, 2, 2).pixelShuffle(0) },
      { _ = Tensor.ones(4, 2, 2).pixelShuffle(3) },
      { _ = Tensor.ones(4, 3, 2).pixelUnshuffle(2) }, { _ = Tensor.ones(4, 4).channelShuffle(2) },
      { _ = Tensor.ones(1, 4, 4).channelShuffle(3) },
      { _ = Tensor.ones(1, 4, 4).channelShuffle(0) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
