import DescentCore
import DescentNN
import DescentOptim
import Testing

/// What all optimizers share: groups, gradients, states, and what they refuse.
@Suite("Optimizer")
struct OptimizerTests {
  /// A leaf with a gradient.
  private func parameter(_ values: [Double], gradient: [Double]?) -> Tensor {
    let tensor = Tensor(values, dtype: .float64, requiresGrad: true)
    tensor.grad = gradient.map { Tensor($0, dtype: .float64) }
    return tensor
  }

  @Test("each group has its options, and they may change at any time")
  func groups() {
    let (a, b) = (parameter([1], gradient: [1]), parameter([1], gradient: [1]))
    let optimizer = SGD([
      ParameterGroup([a], SGD.Options(lr: 0.5)), ParameterGroup([b], SGD.Options(lr: 0.25)),
    ])
    optimizer.step()
    #expect(a.item() == 0.5 && b.item() == 0.75)
    optimizer.groups[1].lr = 1
    optimizer.step()
    #expect(a.item() == 0 && b.item() == -0.25 && optimizer.learningRates == [0.5, 1])
    optimizer.learningRates = [0, 2]
    optimizer.step()
    #expect(a.item() == 0 && b.item() == -2.25)
  }

  @Test("a group may come later and starts at its own first step")
  func addParamGroup() {
    let (a, b) = (parameter([1], gradient: [3]), parameter([1], gradient: [-3]))
    let optimizer = Adam([a], lr: 0.5)
    optimizer.step()
    optimizer.addParamGroup(ParameterGroup([b], Adam.Options(lr: 0.125)))
    #expect(optimizer.groups.count == 2 && optimizer.parameters.map { $0 === b } == [false, true])
    optimizer.step()
    // A first step of Adam is lr, whatever the gradient.
    #expect(abs(b.item() - 1.125) < 1e-8)
    #expect(optimizer.stateDict()["state.1.step"]?.item() == 1)
    #expect(optimizer.stateDict()["state.0.step"]?.item() == 2)
  }

  @Test("a parameter without a gradient is left alone, even by weight decay")
  func skipped() {
    let (a, b) = (parameter([2], gradient: nil), parameter([2], gradient: [0]))
    let optimizer = AdamW([a, b], lr: 0.5, weightDecay: 0.5)
    optimizer.step()
    #expect(a.item() == 2 && b.item() == 1.5)
    #expect(
      optimizer.stateDict().keys.filter { $0.hasPrefix("state") }.allSatisfy {
        $0.hasPrefix("state.1.")
      })
  }

  @Test("zeroGrad forgets gradients, or fills them with zeros where they are")
  func zeroGrad() {
    let (a, b) = (parameter([1], gradient: [3]), parameter([1], gradient: nil))
    let optimizer = SGD([a, b], lr: 1, momentum: 0.5)
    let gradient = a.grad
    optimizer.zeroGrad(setToNone: false)
    #expect(a.grad === gradient && gradient?.item() == 0 && b.grad == nil)
    a.grad = Tensor([4.0], dtype: .float64)
    optimizer.step()
    optimizer.zeroGrad(setToNone: false)
    // A gradient of zero lets the velocity run on; none stops the parameter.
    optimizer.step()
    #expect(a.item() == 1 - 4 - 2)
    optimizer.zeroGrad()
    optimizer.step()
    #expect(a.grad == nil && a.item() == -5)
  }

  @Test("a step is in place, without a graph, for gradients of any layout")
  func inPlace() {
    let weight = Parameter(Tensor.zeros(2, 3))
    let view = weight.detach()
    weight.grad = Tensor([[1.0, 2], [3, 4], [5, 6]]).t()
    let optimizer = SGD([weight], lr: 1)
    optimizer.step()
    #expect(view.toArray() == [-1, -3, -5, -2, -4, -6] && weight.isLeaf && weight.requiresGrad)
    weight.grad = Tensor([10.0]).expand(2, 3)
    optimizer.step()
    #expect(view.toArray() == [-11, -13, -15, -12, -14, -16])
    let columns = Tensor.zeros(3, 2).t().requiresGrad_()
    columns.grad = Tensor([[1.0, 2, 3], [4, 5, 6]])
    Adam([columns], lr: 0.5).step()
    SGD([columns], lr: 1).step()
    #expect(columns.allclose(Tensor([[-1.5, -2.5, -3.5], [-4.5, -5.5, -6.5]])))
  }

  @Test("a step with a closure evaluates it with gradients and returns its loss")
  func closure() {
    let a = parameter([3], gradient: nil)
    let optimizer = SGD([a], lr: 0.5)
    let loss = noGrad {
      optimizer.step {
        optimizer.zeroGrad()
        let loss = a.square().sum()
        loss.backward()
        return loss
      }
    }
    #expect(loss.item() == 9 && a.item() == 0)
  }

  @Test("options out of range are refused with a message")
  func options() {
    let a = parameter([1], gradient: nil)
    let messages: [(String, () -> Void)] = [
      ("SGD: lr is negative. Got -1.0. Try 0 or more.", { _ = SGD([a], lr: -1) }),
      (
        "SGD: Nesterov's form needs a momentum and no dampening. Got momentum 0.0, dampening 0.0. "
          + "Try momentum: 0.9, dampening: 0.", { _ = SGD([a], nesterov: true) }
      ),
      (
        "Adam: the betas are decay rates. Got (0.9, 1.0). Try values from 0 to below 1.",
        { _ = Adam([a], betas: (0.9, 1)) }
      ),
      (
        "AdamW: weightDecay is negative. Got nan. Try 0 or more.",
        { _ = AdamW([a], weightDecay: .nan) }
      ),
      ("Adadelta: rho is a decay rate. Got 1.5. Try 0 to 1.", { _ = Adadelta([a], rho: 1.5) }),
      (
        "Rprop: the etas shrink and grow. Got (0.5, 0.9). Try (0.5, 1.2).",
        { _ = Rprop([a], etas: (0.5, 0.9)) }
      ),
    ]
    for (message, body) in messages {
      let error = #expect(throws: Misuse.self) { try checked { body() } }
      #expect(error.map { "\($0)" } == message)
    }
    let bodies: [() -> Void] = [
      { _ = RMSprop([a], alpha: -1) }, { _ = Adagrad([a], lrDecay: -1) },
      { _ = Adamax([a], eps: -1) }, { _ = NAdam([a], momentumDecay: -1) },
      { _ = RAdam([a], betas: (-0.1, 0.9)) }, { _ = ASGD([a], lr: -0.1) },
    ]
    for body in bodies { #expect(throws: Misuse.self) { try checked { body() } } }
  }

  @Test("parameters that cannot be optimized are refused")
  func parameters() {
    let a = parameter([1], gradient: nil)
    let bodies: [(String, () -> Void)] = [
      ("there is nothing to optimize", { _ = SGD([], lr: 1) }),
      ("only leaves can be optimized", { _ = SGD([a * 2], lr: 1) }),
      ("a parameter would be updated twice in a step", { _ = SGD([a, a], lr: 1) }),
      (
        "a parameter would be updated twice in a step",
        { SGD([a], lr: 1).addParamGroup(ParameterGroup([a], SGD.Options())) }
      ),
    ]
    for (problem, body) in bodies {
      let error = #expect(throws: Misuse.self) { try checked { body() } }
      #expect(error?.operation == "SGD" && error?.problem == problem)
    }
  }
}
