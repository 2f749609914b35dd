import DescentCore
import Testing

/// Elementwise operations: derivatives to second order against differences, in one pass and in the dtype
/// that PyTorch gives.
@Suite("Elementwise operations")
struct PointwiseTests {
  typealias Check = (name: String, from: Double, to: Double, body: ([Tensor]) -> Tensor)

  /// Operations of one operand, with a range that keeps away from kinks and poles.
  static nonisolated(unsafe) let unary: [Check] = [
    ("abs", 0.2, 3, { $0[0].abs() }), ("neg", -2, 2, { -$0[0] }),
    ("square", -2, 2, { $0[0].square() }), ("sqrt", 0.3, 4, { $0[0].sqrt() }),
    ("rsqrt", 0.3, 4, { $0[0].rsqrt() }), ("reciprocal", 0.3, 3, { $0[0].reciprocal() }),
    ("exp", -2, 2, { $0[0].exp() }), ("exp2", -2, 2, { $0[0].exp2() }),
    ("expm1", -2, 2, { $0[0].expm1() }), ("log", 0.2, 4, { $0[0].log() }),
    ("log2", 0.2, 4, { $0[0].log2() }), ("log10", 0.2, 4, { $0[0].log10() }),
    ("log1p", -0.7, 4, { $0[0].log1p() }), ("logit", 0.1, 0.9, { $0[0].logit() }),
    ("sin", -3, 3, { $0[0].sin() }), ("cos", -3, 3, { $0[0].cos() }),
    ("tan", -1, 1, { $0[0].tan() }), ("asin", -0.8, 0.8, { $0[0].asin() }),
    ("acos", -0.8, 0.8, { $0[0].acos() }), ("atan", -3, 3, { $0[0].atan() }),
    ("sinh", -2, 2, { $0[0].sinh() }), ("cosh", -2, 2, { $0[0].cosh() }),
    ("tanh", -2, 2, { $0[0].tanh() }), ("asinh", -3, 3, { $0[0].asinh() }),
    ("acosh", 1.3, 4, { $0[0].acosh() }), ("atanh", -0.8, 0.8, { $0[0].atanh() }),
    ("sinc", 0.2, 3, { $0[0].sinc() }), ("deg2rad", -90, 90, { $0[0].deg2rad() }),
    ("rad2deg", -2, 2, { $0[0].rad2deg() }), ("erf", -2, 2, { $0[0].erf() }),
    ("erfc", -2, 2, { $0[0].erfc() }), ("erfcx", -1, 2, { $0[0].erfcx() }),
    ("erfinv", -0.8, 0.8, { $0[0].erfinv() }), ("ndtr", -2, 2, { $0[0].ndtr() }),
    ("ndtri", 0.1, 0.9, { $0[0].ndtri() }), ("logNdtr", -3, 2, { $0[0].logNdtr() }),
    ("lgamma", 0.5, 4, { $0[0].lgamma() }), ("digamma", 0.5, 4, { $0[0].digamma() }),
    ("polygamma", 0.8, 4, { $0[0].polygamma(1) }), ("mvlgamma", 2, 5, { $0[0].mvlgamma(2) }),
    ("i0", -2, 2, { $0[0].i0() }), ("i1", 0.3, 2, { $0[0].i1() }),
    ("i0e", 0.3, 2, { $0[0].i0e() }), ("i1e", 0.3, 2, { $0[0].i1e() }),
    ("entr", 0.2, 3, { $0[0].entr() }), ("pow 3", -2, 2, { $0[0].pow(3) }),
    ("pow 2.5", 0.3, 3, { $0[0].pow(2.5) }), ("2 pow", -2, 2, { 2 ** $0[0] }),
    ("1 / x", 0.4, 3, { 1 / $0[0] }), ("1 - x", -2, 2, { 1 - $0[0] }),
    ("sigmoid", -3, 3, { $0[0].sigmoid() }), ("logsigmoid", -3, 3, { $0[0].logsigmoid() }),
    ("relu", 0.1, 3, { $0[0].relu() }), ("leakyRelu", -3, -0.1, { $0[0].leakyRelu() }),
    ("elu", -3, -0.1, { $0[0].elu(alpha: 1.3) }), ("selu", -3, -0.1, { $0[0].selu() }),
    ("celu", -3, -0.1, { $0[0].celu(alpha: 0.7) }), ("gelu", -3, 3, { $0[0].gelu() }),
    ("gelu tanh", -3, 3, { $0[0].gelu(approximate: .tanh) }), ("silu", -3, 3, { $0[0].silu() }),
    ("mish", -3, 3, { $0[0].mish() }), ("softplus", -3, 3, { $0[0].softplus(beta: 1.5) }),
    ("softsign", 0.1, 3, { $0[0].softsign() }), ("tanhshrink", -2, 2, { $0[0].tanhshrink() }),
    ("softshrink", 0.7, 3, { $0[0].softshrink() }), ("hardtanh", -0.9, 0.9, { $0[0].hardtanh() }),
    ("hardswish", -2.9, 2.9, { $0[0].hardswish() }),
    ("hardsigmoid", -2.9, 2.9, { $0[0].hardsigmoid() }),
    ("hardshrink", 0.7, 3, { $0[0].hardshrink() }),
    ("clamp", -0.9, 0.9, { $0[0].clamp(min: -1, max: 1) }),
    ("frac", 0.1, 0.9, { $0[0].frac() }), ("nanToNum", -2, 2, { $0[0].nanToNum() }),
  ]

  /// Operations of two or three operands that broadcast: [3, 1], [2] and [3, 2].
  static nonisolated(unsafe) let several: [Check] = [
    ("+", -2, 2, { $0[0] + $0[1] }), ("-", -2, 2, { $0[0] - $0[1] }),
    ("*", -2, 2, { $0[0] * $0[1] }), ("/", 0.4, 2, { $0[0] / $0[1] }),
    ("pow", 0.4, 2, { $0[0].pow($0[1]) }), ("atan2", 0.4, 2, { $0[0].atan2($0[1]) }),
    ("hypot", 0.4, 2, { $0[0].hypot($0[1]) }), ("maximum", -2, 2, { $0[0].maximum($0[1]) }),
    ("minimum", -2, 2, { $0[0].minimum($0[1]) }), ("fmax", -2, 2, { $0[0].fmax($0[1]) }),
    ("copysign", 0.4, 2, { $0[0].copysign($0[1]) }), ("%", 0.4, 2, { $0[0] % $0[1] }),
    ("fmod", 0.4, 2, { $0[0].fmod($0[1]) }), ("xlogy", 0.4, 2, { $0[0].xlogy($0[1]) }),
    ("xlog1py", 0.4, 2, { $0[0].xlog1py($0[1]) }),
    ("logaddexp", -2, 2, { $0[0].logaddexp($0[1]) }),
    ("logaddexp2", -2, 2, { $0[0].logaddexp2($0[1]) }),
    ("lerp", -2, 2, { $0[0].lerp($0[1], $0[2]) }),
    ("addcmul", -2, 2, { $0[2].addcmul($0[0], $0[1], value: 0.5) }),
    ("addcdiv", 0.4, 2, { $0[2].addcdiv($0[0], $0[1], value: 0.5) }),
    ("addcmul by 1", -2, 2, { $0[2].addcmul($0[0], $0[1]) }),
    ("addcdiv by 1", 0.4, 2, { $0[2].addcdiv($0[0], $0[1]) }),
    ("where", -2, 2, { Tensor.where($0[2] .> 0, $0[0], $0[1]) }),
    ("prelu", -2, 2, { $0[2].prelu($0[1]) }),
  ]

  private func check(_ check: Check, _ inputs: [Tensor]) {
    let first = gradCheck(inputs) { [check.body($0)] }
    #expect(first.passed, "\(check.name): \(first)")
    let second = gradGradCheck(inputs, atol: 1e-4) { [check.body($0) * check.body($0)] }
    #expect(second.passed, "\(check.name): \(second)")
  }

  private func uniform(_ shape: Shape, _ check: Check, _ generator: Generator) -> Tensor {
    let x = Tensor.rand(shape, dtype: .float64, generator: generator)
    return (x * (check.to - check.from) + check.from).detach().requiresGrad_()
  }

  @Test("derivatives of one operand", arguments: unary.indices)
  func derivatives(_ i: Int) {
    check(Self.unary[i], [uniform([5], Self.unary[i], Generator(seed: 1))])
  }

  @Test("derivatives of operands that broadcast", arguments: several.indices)
  func broadcastDerivatives(_ i: Int) {
    let generator = Generator(seed: 2)
    check(
      Self.several[i],
      ([[3, 1], [2], [3, 2]] as [Shape]).map { uniform($0, Self.several[i], generator) })
  }

  @Test("every layout gives the same elements", arguments: unary.indices)
  func layouts(_ i: Int) {
    let (_, from, to, body) = Self.unary[i]
    let x = Tensor.rand(7, 6, generator: Generator(seed: 3)) * (to - from) + from
    let expected: [Float] = body([x]).toArray()
    let transposed: [Float] = body([x.t()]).t().toArray()
    let stepped: [Float] = body([x[.all, .slice(step: 2)]]).toArray()
    let whole: [Float] = body([x])[.all, .slice(step: 2)].toArray()
    #expect(transposed == expected)
    #expect(stepped == whole)
  }

  @Test("integers become float32 where the result is no integer, halves stay halves")
  func dtypes() {
    #expect(Tensor([1, 2]).exp().dtype == .float32)
    #expect(Tensor([1, 2]).square().dtype == .int64)
    #expect(Tensor([true]).sigmoid().dtype == .float32)
    for dtype in [DType.float16, .bfloat16, .float64] {
      #expect(Tensor.ones(2, dtype: dtype).tanh().dtype == dtype)
    }
    #expect((Tensor([1, 2]) / 2).dtype == .float32)
    #expect((Tensor([1, 2]) * 2.5).dtype == .float32)
    #expect((Tensor([1.0], dtype: .float16) * Tensor(2.0)).dtype == .float16)
  }

  @Test(
    "relu at its kink, of NaN and of integers is PyTorch's", arguments: [DType.float32, .float16])
  func reluAtItsKink(_ dtype: DType) {
    let x = Tensor([-1.0, -0.0, 0.0, 2.0, Double.nan], dtype: dtype).requiresGrad_()
    let y = x.relu()
    #expect(y[..<4].equal(Tensor([0.0, 0.0, 0.0, 2.0], dtype: dtype)))
    #expect(y.signbit().equal(Tensor([false, true, false, false, false])))
    #expect(y[4].item().isNaN)
    y.backward(Tensor.full([5], 3.0, dtype: dtype))
    #expect(x.grad!.equal(Tensor([0.0, 0.0, 0.0, 3.0, 3.0], dtype: dtype)))
    #expect(Tensor([-3, 0, 4]).relu().equal(Tensor([0, 0, 4])))
  }

  @Test("zeros of shrinking are positive and NaN passes, as in PyTorch's vector code")
  func shrinking() {
    let x = Tensor([-2.0, -0.25, -0.0, 0.25, 2.0, -Double.infinity, .nan]).requiresGrad_()
    for (y, ends) in [(x.softshrink(), 1.5), (x.hardshrink(), 2.0)] {
      #expect(y[..<5].equal(Tensor([-ends, 0, 0, 0, ends])))
      #expect(y[1..<5].signbit().any().item(as: Bool.self) == false)
      #expect(y[5].item() == -Double.infinity && y[6].item().isNaN)
      x.grad = nil
      y.sum().backward()
      #expect(x.grad!.equal(Tensor([1.0, 0, 0, 0, 1, 1, 0])))
    }
  }

  @Test("sums with a multiple take bools and integers")
  func sumsWithMultiples() {
    let either = Tensor([true, false]).add(Tensor([false, true]), alpha: true)
    #expect(either.equal(Tensor([true, true])))
    #expect(Tensor([1, 2]).add(Tensor([3, 4]), alpha: -2).equal(Tensor([-5, -6])))
    #expect(Tensor([1, 2]).addcmul(Tensor([3, 4]), Tensor([5, 6])).equal(Tensor([16, 26])))
  }

  @Test("a user's formula has its gradients and runs in one pass")
  func userFormula() {
    let formula = Pointwise("tanh_mix") { a, x, b in tanh(a * x + b) * sigmoid(x) + x * x }
    let generator = Generator(seed: 4)
    let inputs = ([[], [3, 2], [2]] as [Shape]).map {
      Tensor.randn($0, dtype: .float64, requiresGrad: true, generator: generator)
    }
    let report = gradCheck(inputs) { [formula($0[0], $0[1], $0[2])] }
    #expect(report.passed, "\(report)")
    let (a, x, b) = (inputs[0], inputs[1], inputs[2])
    let plain = (a * x + b).tanh() * x.sigmoid() + x * x
    #expect(formula(a, x, b).allclose(plain, rtol: 1e-12))
    #expect(formula(a, x, b).gradFn?.name == "TanhMixBackward0")
  }

  @Test(
    "an element repeated over the other operand's shape is as good as its copies",
    arguments: [DType.float32, .float64, .float16])
  func repeated(_ dtype: DType) {
    let x = Tensor.linspace(0.5, 3, 24).reshape([2, 3, 4] as Shape).to(dtype)
    let element = Tensor([1.5], dtype: dtype)
    let operations: [(Tensor, Tensor) -> Tensor] = [
      { $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }, { $0.maximum($1) }, { $0.pow($1) },
      { $0 .< $1 },
    ]
    // The element itself, repeated in the shape, in a part of it, and among other elements.
    let layouts = [
      element, element.expand(2, 3, 4), element.expand(4),
      Tensor([0, 1.5, 0], dtype: dtype)[1..<2],
      Tensor([[0, 1.5]], dtype: dtype)[0..., 1..<2].expand(2, 3, 4),
    ]
    for (i, operation) in operations.enumerated() {
      let copies = Tensor.full([2, 3, 4], 1.5, dtype: dtype)
      for (k, y) in layouts.enumerated() {
        #expect(operation(x, y).equal(operation(x, copies)), "operation \(i), layout \(k)")
        #expect(operation(y, x).equal(operation(copies, x)), "operation \(i), layout \(k), turned")
      }
    }
  }

  @Test("gradients through a repeated element, to second order")
  func repeatedGradients() {
    let x = Tensor.linspace(0.5, 2, 6, dtype: .float64).reshape([2, 3] as Shape).requiresGrad_()
    let y = Tensor([1.25], dtype: .float64, requiresGrad: true)
    let report = gradCheck([x, y]) { t in
      [(t[0] * t[1].expand(2, 3)).sum() * 0.5 + (t[1].expand(2, 3) / t[0]).pow(2).mean()]
    }
    #expect(report.passed, "\(report)")
  }

  @Test("numbers change a tensor in place, in any dtype, layout and part of it")
  func numbersInPlace() {
    for dtype in [DType.float32, .float64, .float16, .bfloat16] {
      let x = Tensor([[1.0, 2], [3, 4]], dtype: dtype)
      let version = x.version
      x.add_(1).mul_(2)
      x[1].sub_(3)
      x.t()[0].fill_(7)
      #expect(x.to(.float32).toArray() == [7, 6, 7, 7] && x.version == version + 4)
      x.zero_()
      #expect(x.to(.float32).toArray() == [0, 0, 0, 0])
    }
    let leaf = Tensor([1.0, 2], requiresGrad: true)
    let y = leaf * 1
    y.mul_(3)
    y[0].add_(1)
    y.sum().backward()
    #expect(y.toArray() == [4, 6] && leaf.grad?.toArray() == [3, 3])
    #expect(throws: Misuse.self) { try checked { Tensor([1.0]).sub_(true) } }
  }

  @Test(
    "what PyTorch refuses is refused",
    arguments: [
      { _ = Tensor.ones(2) + Tensor.ones(3) }, { _ = Tensor([true]) - Tensor([false]) },
      { Tensor([1, 2]).add_(0.5) }, { Tensor.ones(2).add_(Tensor.ones(3, 2)) },
      { _ = Tensor([1.0]).bitwiseAnd(Tensor([1.0])) },
      { _ = Tensor.where(Tensor([1, 0]), Tensor.ones(2), Tensor.ones(2)) },
      { Tensor.ones(2, requiresGrad: true).mul_(2) }, { Tensor([1, 2]).div_(2) },
      { Tensor.ones(1, 3).expand(2, 3).add_(1) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
