import DescentCore
import Testing

@Suite("Functional gradients")
struct FunctionalTests {
  @Test("grad leaves grad alone, and unused inputs are a misuse unless allowed")
  func gradients() {
    let x = Tensor([3.0], requiresGrad: true)
    let z = Tensor([1.0], requiresGrad: true)
    let found = grad([x * x], [x, z], allowUnused: true)
    #expect(found[0]?.item() == 6 && found[1] == nil && x.grad == nil)
    #expect(throws: Misuse.self) { try checked { _ = grad([x * x], [z]) } }
    let y = x * 2
    #expect(grad(y * y, y).item() == 12)
  }

  @Test("vjp, jvp, jacobian, hessian and hvp")
  func products() {
    let x = Tensor([1.0, 2.0])
    let cube: (Tensor) -> Tensor = { $0 * $0 * $0 }
    #expect(vjp(x, Tensor([1.0, 10.0]), cube).vjp.toArray() == [3, 120])
    let forward = jvp(x, Tensor([1.0, 10.0]), cube)
    #expect(forward.output.toArray() == [1, 8] && forward.jvp.toArray() == [3, 120])
    #expect(jacobian(x, cube).toArray() == [3, 0, 0, 12])
    let sum: (Tensor) -> Tensor = { cube($0).sum() }
    #expect(hessian(x, sum).toArray() == [6, 0, 0, 12])
    #expect(hvp(x, Tensor([1.0, 10.0]), sum).hvp.toArray() == [6, 120])
    let two = jacobian([x, Tensor([3.0, 4.0])]) { [$0[0].dot($0[1]), $0[0]] }
    #expect(two[0][0].toArray() == [3, 4] && two[0][1].toArray() == [1, 2])
    #expect(two[1][0].shape == [2, 2] && two[1][1].toArray() == [0, 0, 0, 0])
  }

  @Test("gradCheck finds a wrong gradient and names the place")
  func check() {
    struct Wrong: UnaryFunction {
      func forward(_ context: FunctionContext, _ input: Tensor) -> Tensor { input * 2 }
      func backward(_ context: FunctionContext, _ gradient: Tensor) -> Tensor { gradient * 3 }
    }
    let x = Tensor([1.0, 2.0], dtype: .float64, requiresGrad: true)
    let report = gradCheck([x]) { [Wrong()($0[0])] }
    #expect(!report.passed && report.analytic == 3 && abs(report.numeric - 2) < 1e-6)
    #expect(gradCheck([x]) { [$0[0] * $0[0]] }.passed)
    let single = Tensor([1.0], requiresGrad: true)
    #expect(throws: Misuse.self) { try checked { _ = gradCheck([single]) { $0 } } }
  }

  struct LegendreP3: UnaryFunction {
    func forward(_ context: FunctionContext, _ x: Tensor) -> Tensor {
      context.saveForBackward(x)
      return 0.5 * (5 * x * x * x - 3 * x)
    }
    func backward(_ context: FunctionContext, _ gradient: Tensor) -> Tensor {
      let x = context.savedTensors[0]
      return gradient * 1.5 * (5 * x * x - 1)
    }
  }

  struct Mixed: Function {
    func forward(_ context: FunctionContext, _ inputs: [Tensor]) -> [Tensor] {
      let product = inputs[0] * inputs[1]
      let sum = inputs[0] + inputs[1]
      context.saveForBackward(inputs[0], inputs[1], sum)
      return [product, sum * sum, sum]
    }
    func backward(_ context: FunctionContext, _ gradients: [Tensor]) -> [Tensor?] {
      let saved = context.savedTensors
      let shared = gradients[1] * 2 * saved[2] + gradients[2]
      return [gradients[0] * saved[1] + shared, gradients[0] * saved[0] + shared]
    }
  }

  @Test("user's functions are recorded under their name, to any order")
  func functions() {
    let x = Tensor([0.5, -0.25], dtype: .float64, requiresGrad: true)
    let y = LegendreP3()(x)
    #expect("\(y)".contains("grad_fn=<LegendreP3Backward>"))
    #expect(gradCheck([x]) { [LegendreP3()($0[0])] }.passed)
    #expect(gradGradCheck([x]) { [LegendreP3()($0[0])] }.passed)
    let z = Tensor([2.0, 3.0], dtype: .float64, requiresGrad: true)
    #expect(gradCheck([x, z]) { Mixed().apply($0) }.passed)
    let second = gradGradCheck([x, z]) { Mixed().apply($0) }
    #expect(second.passed, "\(second)")
    #expect(!noGrad { LegendreP3()(x) }.requiresGrad)
  }
}
