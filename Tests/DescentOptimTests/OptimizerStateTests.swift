import DescentCore
import DescentOptim
import Testing

/// The state dictionaries of optimizers; that training goes on from them is tested with each optimizer.
@Suite("Optimizer state")
struct OptimizerStateTests {
  private func stepped(_ sizes: [Int]) -> Adam {
    let parameters = sizes.map { size in
      let tensor = Tensor.ones([size], requiresGrad: true)
      tensor.grad = Tensor.ones([size])
      return tensor
    }
    let optimizer = Adam(parameters, lr: 0.25)
    optimizer.step()
    return optimizer
  }

  @Test("the names are PyTorch's, joined by dots")
  func names() {
    let state = stepped([2]).stateDict()
    #expect(
      state.keys == [
        "state.0.step", "state.0.exp_avg", "state.0.exp_avg_sq", "param_groups.0.lr",
        "param_groups.0.betas.0", "param_groups.0.betas.1", "param_groups.0.eps",
        "param_groups.0.weight_decay", "param_groups.0.amsgrad", "param_groups.0.maximize",
        "param_groups.0.params",
      ])
    #expect(state["param_groups.0.lr"]?.item() == 0.25)
    #expect(state["param_groups.0.params"]?.toArray(Int.self) == [0])
    #expect(state["state.0.exp_avg"]!.allclose(Tensor([0.1, 0.1])))
  }

  @Test("what does not fit is refused with a message, and nothing is changed")
  func misfits() {
    let optimizer = stepped([2, 3])
    let good = optimizer.stateDict()
    func changed(_ key: String, _ value: Tensor?) -> StateDict {
      var state = good
      state[key] = value
      return state
    }
    let cases: [(StateDict, String, String)] = [
      (changed("lr", Tensor(1.0)), "lr", "is no name of an optimizer's state"),
      (
        changed("state.2.step", Tensor(1.0)), "state.2.step",
        "names no parameter or group of this optimizer"
      ),
      (
        changed("param_groups.1.lr", Tensor(1.0)), "param_groups.1.lr",
        "names no parameter or group of this optimizer"
      ),
      (
        changed("param_groups.0.params", Tensor([0])), "param_groups.0.params",
        "names 1 parameters for 2"
      ),
      (
        changed("param_groups.0.params", nil), "param_groups.0.params", "is missing"
      ),
      (changed("param_groups.0.lr", Tensor([1.0, 2])), "param_groups.0.lr", "is no single number"),
      (changed("state.1.step", Tensor([1.0, 2])), "state.1.step", "is no single number"),
      (
        changed("state.1.exp_avg", Tensor.ones(2)), "state.1.exp_avg",
        "has shape [2] for a parameter of [3]"
      ),
    ]
    optimizer.groups[0].lr = 0.75
    for (state, key, problem) in cases {
      let error = #expect(throws: OptimizerStateError.self) {
        try optimizer.load(stateDict: state)
      }
      #expect(error?.key == key && error?.problem == problem)
      #expect(optimizer.groups[0].lr == 0.75)
      #expect(optimizer.stateDict()["state.1.step"]?.item() == 1)
    }
    let error = #expect(throws: OptimizerStateError.self) {
      try optimizer.load(stateDict: ["a": Tensor(1.0)])
    }
    #expect(
      error.map { "\($0)" }
        == "load: a is no name of an optimizer's state. Got key a. Try the state of an optimizer "
        + "over the same parameters.")
  }

  @Test(
    "a loaded state is a copy, in the dtype of the parameters; options unknown here are passed by")
  func copies() throws {
    let (first, second) = (stepped([2]), stepped([2]))
    var state = first.stateDict()
    state["param_groups.0.foreach"] = Tensor(0.0)
    state["state.0.exp_avg"] = Tensor([1.0, 2], dtype: .float64)
    try second.load(stateDict: state)
    let loaded = second.stateDict()["state.0.exp_avg"]!
    #expect(loaded.dtype == .float32 && loaded.toArray() == [1, 2])
    noGrad { _ = state["state.0.exp_avg_sq"]!.fill_(9) }
    #expect(second.stateDict()["state.0.exp_avg_sq"]!.max().item() < 1)
  }

  @Test("numbers of a state are told from the tensors of a 0-d parameter")
  func scalars() throws {
    func problem(_ make: (Tensor) -> Optimizer) -> (Tensor, Optimizer) {
      let x = Tensor(2.0, requiresGrad: true)
      return (x, make(x))
    }
    let makers: [(Tensor) -> Optimizer] = [
      { NAdam([$0], lr: 0.125) }, { ASGD([$0], lr: 0.125, lambd: 0.5, t0: 1) },
    ]
    for make in makers {
      let ((x, first), (y, second)) = (problem(make), problem(make))
      func step(_ x: Tensor, _ optimizer: Optimizer) {
        optimizer.zeroGrad()
        x.square().backward()
        optimizer.step()
      }
      for _ in 0..<3 { step(x, first) }
      noGrad { _ = y.copy_(x) }
      try second.load(stateDict: first.stateDict())
      for _ in 0..<3 {
        step(x, first)
        step(y, second)
      }
      #expect(x.item() == y.item() && x.item() < 2)
      let (a, b) = (first.stateDict(), second.stateDict())
      #expect(a.keys.sorted() == b.keys.sorted())
      for (key, value) in a { #expect(b[key].map { $0.toArray() == value.toArray() } == true) }
    }
  }
}
