import DescentCore
import Testing

/// Views, joining, gathering and scattering: derivatives to second order, and PyTorch's names.
@Suite("Shapes and places")
struct ShapesTests {
  static let index = Tensor([[0, 1, 1], [1, 0, 1]])
  static let rows = Tensor([1, 0, 1])

  static nonisolated(unsafe) let checks: [(String, [Shape], ([Tensor]) -> [Tensor])] = [
    ("permute", [[2, 3, 2]], { [$0[0].permute(2, 0, 1).movedim(0, -1).swapaxes(0, 1)] }),
    ("diagonal", [[3, 4]], { [$0[0].diagonal(offset: 1), $0[0].trace()] }),
    ("unfold", [[7]], { [$0[0].unfold(0, 3, 2), $0[0].unfold(0, 3, 1)] }),
    ("split", [[4, 3]], { $0[0].split([1, 3]) + $0[0].chunk(2, dim: 1) + $0[0].tensorSplit(3) }),
    ("unbind", [[3, 2]], { Array($0[0].unbind(dim: 1).prefix(1)) }),
    ("asStrided", [[6]], { [$0[0].asStrided([3, 2], [1, 1], offset: 1)] }),
    ("cat", [[2, 2], [1, 2]], { [Tensor.cat($0), Tensor.vstack($0), Tensor.blockDiag($0)] }),
    ("stack", [[3], [3]], { [Tensor.stack($0, dim: 1), Tensor.cartesianProd($0)] }),
    ("repeat", [[2, 3]], { [$0[0].repeat(2, 1, 2), $0[0].repeatInterleave(rows, dim: 1)] }),
    ("flip", [[2, 3]], { [$0[0].flip(0, 1), $0[0].roll([1, 2], dim: [0, 1]), $0[0].rot90()] }),
    ("tril", [[3, 4]], { [$0[0].tril(diagonal: 1), $0[0].triu(), $0[0].diag(1)] }),
    (
      "diagEmbed", [[2, 3]], { [$0[0].diagEmbed(offset: -1, dim1: 0, dim2: 2), $0[0].diagflat()] }
    ),
    ("pad", [[2, 3, 4]], { x in PaddingMode.allCases.map { x[0].pad([2, 1, 1, 0], mode: $0) } }),
    (
      "scatters", [[3, 3], [3]],
      { [$0[0].diagonalScatter($0[1]), $0[0].selectScatter($0[1], 1, 0)] }
    ),
    ("gather", [[2, 3]], { [$0[0].gather(0, index), $0[0].take(rows), $0[0][rows, rows]] }),
    (
      "scatter", [[2, 3], [2, 3]],
      { [$0[0].scatter(0, index, $0[1]), $0[0].scatterAdd(0, index, $0[1])] }
    ),
    (
      "scatterReduce", [[2, 3], [2, 3]],
      { x in
        ScatterReduce.allCases.flatMap { reduce in
          [true, false].map {
            x[0].scatterReduce(0, index, x[1], reduce: reduce, includeSelf: $0)
          }
        }
      }
    ),
    (
      "index writing", [[2, 3], [3, 3]],
      {
        [
          $0[0].indexAdd(0, rows, $0[1], alpha: 2),
          $0[0].indexReduce(0, rows, $0[1], reduce: .prod),
        ]
      }
    ),
    ("put", [[2, 3], [3]], { [$0[0].put(rows, $0[1], accumulate: true)] }),
    (
      "masks", [[2, 3], [6]],
      { [$0[0].maskedSelect(index .> 0), $0[0].maskedScatter(index .> 0, $0[1])] }
    ),
    ("embedding", [[3, 2]], { [Tensor.embedding($0[0], index, paddingIdx: 0)] }),
  ]

  @Test("first and second derivatives agree with differences", arguments: checks.indices)
  func derivatives(_ i: Int) {
    let (name, shapes, function) = Self.checks[i]
    let generator = Generator(seed: 5)
    let inputs = shapes.map {
      Tensor.randn($0, dtype: .float64, requiresGrad: true, generator: generator)
    }
    let first = gradCheck(inputs) { function($0) }
    #expect(first.passed, "\(name): \(first)")
    // A square makes the second derivative other than 0.
    let second = gradGradCheck(inputs) { function($0).map { $0 * $0 } }
    #expect(second.passed, "\(name): \(second)")
  }

  @Test("names are PyTorch's")
  func names() {
    let x = Tensor.ones(4, 4, requiresGrad: true)
    let i = Tensor.zeros([4, 4], dtype: .int64)
    let expected: [(Tensor, String)] = [
      (x.squeeze(), "SqueezeBackward0"), (x.squeeze(0), "SqueezeBackward1"),
      (x.squeeze([0, 1]), "SqueezeBackward2"), (x.split(2)[0], "SplitBackward0"),
      (x.unbind()[0], "UnbindBackward0"), (x.tensorSplit(2)[0], "SliceBackward0"),
      (Tensor.stack([x, x]), "StackBackward0"), (x.repeat(2, 2), "RepeatBackward0"),
      (x.scatter(0, i, 1), "ScatterBackward1"), (x.scatter(0, i, x), "ScatterBackward0"),
      (x.indexFill(0, Tensor([0]), 1), "IndexFillBackward0"), (x[Tensor([0])], "IndexBackward0"),
      (x.pad([1, 1], mode: .reflect), "ReflectionPad1DBackward0"), (x[...], "AliasBackward0"),
      (x.diag(), "DiagonalBackward0_copy"), (x.rot90(), "Rot90Backward0"),
      (x.take(i), "TakeBackward0"),
    ]
    for (tensor, name) in expected { #expect(tensor.gradFn?.name == name) }
  }

  @Test(
    "misuse is refused",
    arguments: [
      {
        _ = Tensor.ones(2, 3).scatter(
          0, Tensor([[0]], dtype: .int64), Tensor.ones(1, 1, dtype: .float64))
      },
      { _ = Tensor.ones(2, 3).gather(0, Tensor([[2]])) },
      { _ = Tensor.ones(3).gather(0, Tensor([0.0])) },
      { _ = Tensor.ones(3).indexFill(0, Tensor([0], dtype: .int32), 1) },
      { _ = Tensor.ones(3).roll([]) }, { _ = Tensor.ones(3, 3).rot90(1, dims: [1, 1]) },
      { _ = Tensor.ones(3).split(2, dim: 1) }, { _ = Tensor.ones(3).split([1, 1]) },
      { _ = Tensor.ones(3, 3).diagonal(dim1: 1, dim2: -1) }, { _ = Tensor.ones(3).flip(0, 0) },
      { _ = Tensor.ones(3).maskedSelect(Tensor([1, 0, 1])) },
      { _ = Tensor.ones(3).take(Tensor([3])) },
      { _ = Tensor.ones(2, 3).repeat(2) }, { _ = Tensor.ones(1, 3).pad([3, 0], mode: .reflect) },
      { _ = Tensor([-1]).oneHot() }, { _ = Tensor.embedding(Tensor.ones(3), Tensor([0])) },
      { _ = Tensor.ones(10, 5, 10).sumToSize(10, 10) }, { _ = Tensor.cat([]) },
    ] as [@Sendable () -> Void])
  func misuse(_ body: @Sendable () -> Void) {
    #expect(throws: Misuse.self) { try checked(body) }
  }
}
