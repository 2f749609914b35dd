import Testing

@testable import DescentCore

@Suite("new tensors")
struct CreationTests {
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
        "arange: the elements are more than can be counted. Got start -9223372036854775808, end "
          + "9223372036854775807, step 1. Try a larger step."
      ) { _ = Tensor.arange(Int.min, Int.max) },
      Misused(
        "arange: the step does not lead from start to end. Got start 9223372036854775806, end "
          + "9223372036854775807, step -1. Try a step of the other sign."
      ) { _ = Tensor.arange(Int.max - 1, Int.max, step: -1) },
      Misused(
        "shape: a tensor has at most 8 dimensions. Got more than that. Try merging dimensions with "
          + "flatten or reshape."
      ) { _ = Tensor.empty(1, 1, 1, 1, 1, 1, 1, 1, 1) },
      Misused(
        "shape: a tensor has at most 8 dimensions. Got more than that. Try merging dimensions with "
          + "flatten or reshape."
      ) { _ = Shape(0..<9) },
      Misused(
        "requiresGrad: only floating-point tensors can require gradients. Got int64. Try "
          + "to(.float32) first."
      ) { _ = Tensor.randintLike(Tensor([1, 2]), 0, 9, requiresGrad: true) },
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

  @Test("a sequence of integers is exact to the ends of Int") func ends() {
    let (least, most) = (Int.min, Int.max)
    #expect(Tensor.arange(most - 2, most).toArray(Int.self) == [most - 2, most - 1])
    #expect(Tensor.arange(least, most, step: most).toArray(Int.self) == [least, -1, most - 1])
    #expect(Tensor.arange(most, least, step: least).toArray(Int.self) == [most, -1])
    #expect(
      Tensor.arange(most, least, step: -(1 << 62)).toArray(Int.self)
        == [most, most - (1 << 62), -1, -1 - (1 << 62)])
    #expect(Tensor.arange(0, most, step: 1 << 62).toArray(Int.self) == [0, 1 << 62])
    // float64 has neither end.
    let odd = 1 << 53 + 1
    #expect(Tensor.arange(odd, odd + 5, step: 2).toArray(Int.self) == [odd, odd + 2, odd + 4])
    #expect(Tensor.arange(least, least).numel() == 0)
    #expect(Tensor.arange(least, least, step: -1).numel() == 0)
  }

  @Test("lists of numbers of each type and dtype are made as PyTorch makes them") func lists() {
    #expect(Tensor([0.1, -2.5, 1e300]).toArray(Float.self) == [0.1, -2.5, .infinity])
    #expect(Tensor([0.1, -2.5]).dtype == .float32)
    #expect(Tensor([0.1, -2.5], dtype: .float64).toArray(Double.self) == [0.1, -2.5])
    let halves = Tensor([0.1, 70000.0], dtype: .float16)
    #expect(halves.toArray(Float.self) == [0.099975586, .infinity])
    #expect(Tensor([Float(0.1)], dtype: .float64).toArray(Double.self) == [0.10000000149011612])
    #expect(Tensor([3, -4]).dtype == .int64)
    #expect(Tensor([3, -4], dtype: .float32).toArray(Float.self) == [3, -4])
    #expect(Tensor([Double]()).shape == [0])
    #expect(Tensor([Double]()).dtype == .float32)
    #expect(Tensor([true, false]).dtype == .bool)
    let leaf = Tensor([0.5], requiresGrad: true)
    #expect(leaf.isLeaf && leaf.requiresGrad)
  }

  @Test("sizes of 0 hold nothing and need no memory, whatever the others are") func empty() {
    #expect(Tensor.zeros(0, 1 << 40).numel() == 0)
    #expect(Tensor.zeros(0, 1 << 40).shape == [0, 1 << 40])
  }
}
