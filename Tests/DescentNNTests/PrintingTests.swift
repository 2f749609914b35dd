import DescentCore
import DescentNN
import Testing

private final class Block: Module {
  var scale = Parameter(Tensor.ones(1))
  let body = Sequential(linear(2, 3), ReLU())
}

private final class Net: Module {
  let embed = embedding(5, 2, paddingIdx: 0)
  let blocks = ModuleList([Block(), Block()])
  let heads = ModuleDict(["b": linear(3, 1, bias: false), "a": Identity()])
  let empty = ModuleList()
}

private final class TwoLines: Module {
  override var extraDescription: String { "a=1\nb=2" }
}

private final class Twice: Module {
  let x = ReLU()
  let y: Module
  override init() {
    y = Sequential(x)
    super.init()
  }
  override var extraDescription: String { "k=3" }
}

/// The text of modules: what PyTorch 2.13 prints.
@Suite("Module printing")
struct PrintingTests {
  @Test("modules inside are indented, equal neighbours of a list printed once")
  func nested() {
    #expect(
      "\(Net())" == """
        Net(
          (embed): Embedding(5, 2, padding_idx=0)
          (blocks): ModuleList(
            (0-1): 2 x Block(
              (body): Sequential(
                (0): Linear(in_features=2, out_features=3, bias=True)
                (1): ReLU()
              )
            )
          )
          (heads): ModuleDict(
            (b): Linear(in_features=3, out_features=1, bias=False)
            (a): Identity()
          )
          (empty): ModuleList()
        )
        """)
    let list = ModuleList([linear(1, 2), linear(1, 2), linear(2, 1), ReLU(), ReLU(), ReLU()])
    #expect(
      "\(list)" == """
        ModuleList(
          (0-1): 2 x Linear(in_features=1, out_features=2, bias=True)
          (2): Linear(in_features=2, out_features=1, bias=True)
          (3-5): 3 x ReLU()
        )
        """)
  }

  @Test("a chain prints each of its modules, under their names")
  func sequential() {
    #expect("\(Sequential())" == "Sequential()")
    #expect("\(Sequential(ReLU(), ReLU()))" == "Sequential(\n  (0): ReLU()\n  (1): ReLU()\n)")
    let named = Sequential(named: ["conv": linear(1, 1), "act": ReLU()])
    #expect("\(named[1...])" == "Sequential(\n  (act): ReLU()\n)")
    let chain = Sequential(ReLU(), Tanh(), Sigmoid())
    #expect("\(chain[1...])" == "Sequential(\n  (1): Tanh()\n  (2): Sigmoid()\n)")
  }

  @Test("options of several lines, options and modules, and a module in two places")
  func options() {
    #expect("\(TwoLines())" == "TwoLines(\n  a=1\n  b=2\n)")
    #expect(
      "\(Sequential(Twice(), TwoLines()))" == """
        Sequential(
          (0): Twice(
            k=3
            (x): ReLU()
            (y): Sequential(
              (0): ReLU()
            )
          )
          (1): TwoLines(
            a=1
            b=2
          )
        )
        """)
  }

  @Test("layers print their options as PyTorch's do")
  func layers() {
    let expected: [(Module, String)] = [
      (linear(3, 1, bias: false), "Linear(in_features=3, out_features=1, bias=False)"),
      (bilinear(2, 3, 4), "Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)"),
      (Dropout(), "Dropout(p=0.5, inplace=False)"),
      (Dropout2d(0.1), "Dropout2d(p=0.1, inplace=False)"),
      (embedding(10, 3), "Embedding(10, 3)"),
      (embedding(10, 3, paddingIdx: -1), "Embedding(10, 3, padding_idx=9)"),
      (embedding(10, 3, scaleGradByFreq: true), "Embedding(10, 3, scale_grad_by_freq=True)"),
      (Flatten(), "Flatten(start_dim=1, end_dim=-1)"),
      (Unflatten(1, [2, 3]), "Unflatten(dim=1, unflattened_size=(2, 3))"),
      (Unflatten(0, [4]), "Unflatten(dim=0, unflattened_size=(4,))"),
      (Softmax(dim: 1), "Softmax(dim=1)"), (LogSoftmax(dim: -1), "LogSoftmax(dim=-1)"),
      (Softmin(dim: 0), "Softmin(dim=0)"), (Softmax2d(), "Softmax2d()"),
      (GELU(), "GELU(approximate='none')"),
      (GELU(approximate: .tanh), "GELU(approximate='tanh')"),
      (ELU(), "ELU(alpha=1.0)"), (CELU(alpha: 0.5), "CELU(alpha=0.5)"),
      (Softplus(), "Softplus(beta=1.0, threshold=20.0)"),
      (LeakyReLU(), "LeakyReLU(negative_slope=0.01)"), (PReLU(), "PReLU(num_parameters=1)"),
      (ReLU6(), "ReLU6()"), (Hardtanh(), "Hardtanh(min_val=-1.0, max_val=1.0)"),
      (Threshold(0.1, 20), "Threshold(threshold=0.1, value=20.0)"),
      (Hardshrink(), "Hardshrink(0.5)"), (Softshrink(), "Softshrink(0.5)"),
      (GLU(), "GLU(dim=-1)"), (SiLU(), "SiLU()"), (CosineSimilarity(), "CosineSimilarity()"),
      (CrossEntropyLoss(), "CrossEntropyLoss()"), (TripletMarginLoss(), "TripletMarginLoss()"),
    ]
    for (module, text) in expected { #expect("\(module)" == text) }
  }
}
