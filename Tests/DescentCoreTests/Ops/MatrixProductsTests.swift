import DescentCore
import Testing

@Suite("Matrix products")
struct MatrixProductsTests {
  @Test(
    "matmul follows PyTorch's shape rules",
    arguments: [
      ([3], [3], []), ([3], [3, 2], [2]), ([3], [4, 3, 5], [4, 5]), ([2, 3], [3], [2]),
      ([2, 3], [3, 2], [2, 2]), ([2, 3], [4, 3, 5], [4, 2, 5]), ([4, 2, 3], [3], [4, 2]),
      ([4, 2, 3], [3, 2], [4, 2, 2]), ([4, 2, 3], [5, 1, 3, 2], [5, 4, 2, 2]),
      ([2, 0], [0, 3], [2, 3]),
      ([0, 3], [3, 2], [0, 2]),
    ])
  func shapes(_ a: [Int], _ b: [Int], _ expected: [Int]) {
    let product = Tensor.ones(Shape(a)).matmul(Tensor.ones(Shape(b)))
    #expect(product.shape == Shape(expected))
    #expect(product.toArray().allSatisfy { $0 == Float(a[a.count - 1]) })
  }

  @Test("a misfit is refused with both shapes and a remedy")
  func refused() {
    let error = #expect(throws: Misuse.self) {
      try checked { _ = Tensor.ones(2, 3).matmul(Tensor.ones(4, 5)) }
    }
    #expect(
      error?.description
        == "matmul: inner sizes 3 and 4 differ. Got [2, 3] and [4, 5]. "
        + "Try the transpose of the second operand.")
    for call in [
      { _ = Tensor.ones(2, 3).mm(Tensor.ones(3, 2, dtype: .float64)) },
      { _ = Tensor.ones(2).mm(Tensor.ones(2, 2)) },
      { _ = Tensor.ones(2, 3, 4).bmm(Tensor.ones(3, 4, 5)) },
      { _ = Tensor.ones(2).dot(Tensor.ones(3)) },
      { _ = Tensor.ones([]).matmul(Tensor.ones(3)) },
      { _ = Tensor.ones(2, 2, dtype: .bool).mm(Tensor.ones(2, 2, dtype: .bool)) },
      {
        _ = Tensor.ones(3, 3, dtype: .int64).addmm(
          Tensor.ones(3, 3, dtype: .int64), Tensor.ones(3, 3, dtype: .int64), alpha: 0.5)
      },
      { _ = Tensor.einsum("ij,jk->il", Tensor.ones(2, 3), Tensor.ones(3, 4)) },
      { _ = Tensor.einsum("ij,jk", Tensor.ones(2, 3), Tensor.ones(4, 4)) },
      { _ = Tensor.einsum("ij", Tensor.ones(2, 3, 4)) },
    ] as [() -> Void] {
      #expect(throws: Misuse.self) { try checked(call) }
    }
  }

  @Test("transposed, sliced and expanded operands multiply without being copied first")
  func strided() {
    let a = Tensor.arange(12, dtype: .float32).view(3, 4)
    let at = a.transpose(0, 1).contiguous().transpose(0, 1)
    let b = Tensor.arange(20, dtype: .float32).view(4, 5)
    let expected = a.mm(b).toArray()
    #expect(expected[0] == 70 && expected[14] == 462)
    #expect(at.mm(b).toArray() == expected)
    #expect(Tensor.ones(1, 4).expand(2, 4).mm(b).toArray().prefix(2) == [30, 34])
    #expect(a.asStrided([3, 2], [4, 2]).mm(Tensor.ones(2, 1)).toArray() == [2, 10, 18])
    #expect(Tensor([2, 3]).dot(Tensor([4, 5])).item() == 23)
  }

  @Test("names are PyTorch's")
  func names() {
    let a = Tensor.ones(2, 2, requiresGrad: true)
    let v = Tensor.ones(2)
    let stack = Tensor.ones(3, 2, 2)
    #expect(a.mm(a).gradFn?.name == "MmBackward0")
    #expect(a.mv(v).gradFn?.name == "MvBackward0")
    #expect(a.matmul(stack).gradFn?.name == "UnsafeViewBackward0")
    #expect(a.addmm(a, a).gradFn?.name == "AddmmBackward0")
    #expect(v.linear(a).gradFn?.name == "SqueezeBackward4")
    #expect(a.linear(a, v).gradFn?.name == "AddmmBackward0")
    #expect(stack.linear(a, v).gradFn?.name == "ViewBackward0")
    #expect(a.view(4).dot(Tensor.ones(4)).gradFn?.name == "DotBackward0")
  }

  static let checks: [(String, [Shape], @Sendable ([Tensor]) -> Tensor)] = [
    ("mm", [[2, 3], [3, 4]], { $0[0].mm($0[1]) }),
    ("matmul folded", [[2, 2, 3], [3, 2]], { $0[0].matmul($0[1]) }),
    ("matmul broadcast", [[2, 1, 2, 3], [2, 3, 2]], { $0[0].matmul($0[1]) }),
    ("vector by stack", [[3], [2, 3, 2]], { $0[0].matmul($0[1]) }),
    ("stack by vector", [[2, 2, 3], [3]], { $0[0].matmul($0[1]) }),
    ("mv", [[2, 3], [3]], { $0[0].mv($0[1]) }), ("dot", [[3], [3]], { $0[0].dot($0[1]) }),
    ("bmm", [[2, 2, 3], [2, 3, 2]], { $0[0].bmm($0[1]) }),
    ("addmm", [[3], [2, 3], [3, 3]], { $0[0].addmm($0[1], $0[2], beta: 0.5, alpha: 2) }),
    ("addmv", [[2], [2, 3], [3]], { $0[0].addmv($0[1], $0[2], beta: 0.5, alpha: 2) }),
    ("addr", [[2, 3], [2], [3]], { $0[0].addr($0[1], $0[2], beta: 0.5, alpha: 2) }),
    (
      "addbmm", [[2, 2], [2, 2, 3], [2, 3, 2]], { $0[0].addbmm($0[1], $0[2], beta: 0.5, alpha: 2) }
    ),
    ("baddbmm", [[2, 2], [2, 2, 3], [2, 3, 2]], { $0[0].baddbmm($0[1], $0[2], alpha: 3) }),
    ("linear", [[2, 2, 3], [2, 3], [2]], { $0[0].linear($0[1], $0[2]) }),
    ("bilinear", [[2, 2], [2, 3], [2, 2, 3], [2]], { $0[0].bilinear($0[1], $0[2], $0[3]) }),
    ("tensordot", [[2, 3, 2], [2, 3]], { $0[0].tensordot($0[1], dims: ([1, 2], [1, 0])) }),
    ("kron", [[2, 2], [3]], { $0[0].kron($0[1]) }),
    ("vecdot", [[2, 3], [3]], { $0[0].vecdot($0[1]) }),
    ("multiDot", [[2], [2, 3], [3, 2], [2]], { Tensor.multiDot($0) }),
    ("matrixPower", [[2, 2]], { $0[0].matrixPower(5) }),
    ("einsum", [[2, 3, 3], [3, 2]], { Tensor.einsum("bii,ij->bj", $0[0], $0[1]) }),
    ("einsum three", [[2, 3], [3, 2], [2]], { Tensor.einsum("ij,jk,k", $0[0], $0[1], $0[2]) }),
    ("einsum dots", [[2, 2, 3], [1, 3]], { Tensor.einsum("...ij,...j->...i", $0[0], $0[1]) }),
  ]

  @Test("first and second derivatives agree with differences", arguments: checks.indices)
  func derivatives(_ index: Int) {
    let (name, shapes, function) = Self.checks[index]
    let generator = Generator(seed: 11)
    let inputs = shapes.map {
      Tensor.randn($0, dtype: .float64, requiresGrad: true, generator: generator)
    }
    let first = gradCheck(inputs) { [function($0)] }
    #expect(first.passed, "\(name): \(first)")
    let second = gradGradCheck(inputs) { [function($0)] }
    #expect(second.passed, "\(name): \(second)")
  }
}
