import Testing

@testable import DescentCore

@Suite("new tensors")
struct CreationTests {
  struct Misused: Sendable {
    let message: String
    let body: @Sendable () -> Void

    init(_ message: String, _ body: @escaping @Sendable () -> Void) {
      self.message = message
      self.body = body
    }
  }

  @Test(
    "sizes and dtypes that cannot be are misuse, at the caller's line",
    arguments: [
      Misused("zeros: size -3 is negative. Got [2, -3]. Try sizes of 0 or more.") {
        _ = Tensor.zeros(2, -3)
      },
      Misused("ones: size -1 is negative. Got [-1]. Try sizes of 0 or more.") {
        _ = Tensor.ones([-1])
      },
      Misused("empty: size -1 is negative. Got [-1, 2]. Try sizes of 0 or more.") {
        _ = Tensor.empty(-1, 2)
      },
      Misused("full: size -1 is negative. Got [-1]. Try sizes of 0 or more.") {
        _ = Tensor.full([-1], 2)
      },
      Misused("eye: size -2 is negative. Got [-2, -2]. Try sizes of 0 or more.") {
        _ = Tensor.eye(-2)
      },
      Misused("randn: size -2 is negative. Got [-2]. Try sizes of 0 or more.") {
        _ = Tensor.randn(-2)
      },
      Misused("linspace: size -1 is negative. Got [-1]. Try sizes of 0 or more.") {
        _ = Tensor.linspace(0, 1, -1)
      },
      Misused("Tensor: size -1 is negative. Got [-1, -2]. Try sizes of 0 or more.") {
        _ = Tensor([1, 2], shape: [-1, -2])
      },
      Misused(
        "zeros: the elements are more than can be counted. Got [4294967296, 4294967296]. Try "
          + "smaller sizes."
      ) { _ = Tensor.zeros(1 << 32, 1 << 32) },
      Misused(
        "arange: the elements are more than can be counted. Got start 0, end 1e+30, step 1. Try a "
          + "larger step."
      ) { _ = Tensor.arange(1e30) },
      Misused(
        "arange: the step does not lead from start to end. Got start 0, end 1, step -2. Try a step of "
          + "the other sign."
      ) { _ = Tensor.arange(0, 1, step: -2) },
      Misused(
        "requiresGrad: only floating-point tensors can require gradients. Got int64. Try "
          + "to(.float32) first."
      ) { _ = Tensor([1, 2], shape: [2], requiresGrad: true) },
      Misused(
        "ones: device cuda:0 is not available: this build has a CPU back end only. Got cuda:0. Try "
          + "Device(\"cpu\")."
      ) { _ = Tensor.ones(2, device: Device("cuda:0")) },
    ]) func misuse(_ misused: Misused) throws
  {
    let error = #expect(throws: Misuse.self) { try checked(misused.body) }
    #expect(error?.description == misused.message)
    #expect(error?.location.hasPrefix("DescentCoreTests/CreationTests.swift:") == true)
  }

  @Test("sizes of 0 hold nothing and need no memory, whatever the others are") func empty() {
    #expect(Tensor.zeros(0, 1 << 40).numel() == 0)
    #expect(Tensor.zeros(0, 1 << 40).shape == [0, 1 << 40])
  }
}
