import DescentCore
import Testing

@Suite("Engine")
struct EngineTests {
  private func leaf(_ values: [Double]) -> Tensor { Tensor(values, requiresGrad: true) }

  @Test("gradients accumulate until they are cleared")
  func accumulation() {
    let x = leaf([1, 2])
    let before = (x * 2).sum()
    before.backward()
    #expect(x.grad?.toArray() == [2, 2])
    (x * 3).sum().backward()
    #expect(x.grad?.toArray() == [5, 5])
    x.grad = nil
    (x * x + x).sum().backward()
    #expect(x.grad?.toArray() == [3, 5])
  }

  @Test("a second backward needs retainGraph")
  func retaining() {
    let x = leaf([1, 2])
    let y = (x * x).sum()
    y.backward(retainGraph: true)
    y.backward()
    #expect(x.grad?.toArray() == [4, 8])
    let error = #expect(throws: Misuse.self) { try checked { y.backward() } }
    #expect(error?.problem.contains("already used") == true)
    #expect(error?.location == "\(#fileID):\(#line - 2)")
  }

  @Test("a scalar is asked for, and a gradient of the right shape")
  func seeds() {
    let x = leaf([1, 2])
    #expect(throws: Misuse.self) { try checked { (x * 2).backward() } }
    #expect(throws: Misuse.self) { try checked { (x * 2).backward(Tensor.ones(3)) } }
    #expect(throws: Misuse.self) { try checked { Tensor.ones(1).backward() } }
    (x * 2).backward(Tensor([1.0, 10.0]))
    #expect(x.grad?.toArray() == [2, 20])
  }

  @Test("a saved tensor changed in place is noticed; the message names both operations")
  func versions() {
    let x = leaf([1, 2])
    let y = x * 2
    let z = y * y
    y.add_(Tensor.ones(2))
    let error = #expect(throws: Misuse.self) { try checked { z.sum().backward() } }
    #expect(error?.problem.contains("MulBackward0") == true)
    #expect(error?.problem.contains("add_") == true)
  }

  @Test("leaves that require gradients are changed only without recording")
  func leaves() {
    let x = leaf([1, 2])
    #expect(throws: Misuse.self) { try checked { x += 1 } }
    #expect(throws: Misuse.self) { try checked { x.view(2, 1).add_(Tensor.ones(1)) } }
    noGrad { x -= 1 }
    #expect(x.toArray() == [0, 1] && x.isLeaf && x.requiresGrad)
    #expect(throws: Misuse.self) { try checked { _ = Tensor([1, 2], requiresGrad: true) } }
  }

  @Test("in-place operations are differentiated, through views too")
  func inPlace() {
    let x = leaf([1, 2, 3])
    let y = x * 1
    y.view(3, 1).mul(Tensor([2.0])).sum().backward(retainGraph: true)
    x.grad = nil
    let part = y.asStrided([1], [1], offset: 1)
    part *= 10
    (y * y).sum().backward()
    #expect(x.grad?.toArray() == [2, 400, 6])
  }

  @Test("noGrad, enableGrad and detach")
  func modes() {
    let x = leaf([1, 2])
    noGrad {
      #expect(!(x * 2).requiresGrad)
      enableGrad { #expect((x * 2).requiresGrad) }
    }
    #expect(!x.detach().requiresGrad && (x * 2).requiresGrad)
    #expect(!inferenceMode { x * 2 }.requiresGrad)
  }

  @Test("hooks see and replace gradients")
  func hooks() {
    let x = leaf([1, 2])
    let y = x * 2
    let handle = y.registerHook { $0 * 10 }
    y.retainGrad()
    y.sum().backward(retainGraph: true)
    #expect(x.grad?.toArray() == [20, 20])
    handle.remove()
    x.grad = nil
    var seen: [Float] = []
    x.registerHook {
      seen = $0.toArray()
      return nil
    }
    var count = 0
    x.registerPostAccumulateGradHook { _ in count += 1 }
    y.sum().backward()
    #expect(seen == [2, 2] && count == 1)
  }

  @Test("a hook may run a backward of its own inside another one")
  func nestedBackward() {
    let (x, inner) = (leaf([1, 2]), leaf([3]))
    let y = x * 2
    y.registerHook { gradient in
      enableGrad { (inner * inner).backward() }
      return gradient
    }
    for i in 1...2 {
      (y * y).sum().backward(retainGraph: true)
      #expect(x.grad?.toArray() == [8 * Float(i), 16 * Float(i)])
      #expect(inner.grad?.item() == 6 * Double(i))
    }
  }

  @Test("a pass over thousands of leaves, and the next one")
  func manyLeaves() {
    let leaves = (0..<3000).map { _ in leaf([1]) }
    for i in 1...2 {
      Tensor.cat(leaves.map { $0 * 2 }).sum().backward()
      #expect(leaves.allSatisfy { $0.grad?.item() == 2 * Double(i) })
    }
  }

  @Test("createGraph differentiates gradients, to the third order")
  func higherOrders() {
    let x = Tensor([2.0], requiresGrad: true)
    let first = grad(x * x * x * x, x, createGraph: true)
    let second = grad(first, x, createGraph: true)
    let third = grad(second, x)
    #expect(first.item() == 32 && second.item() == 48 && third.item() == 48)
    #expect(x.grad == nil)
  }

  @Test("a chain of a million operations needs no deep stack, backward and freed")
  func longChain() {
    onThread(stackSize: 512 * 1024) {
      let x = Tensor([1.0], requiresGrad: true)
      var y = x
      for _ in 0..<1_000_000 { y = y + 0.0 }
      y.backward()
      #expect(x.grad?.item() == 1)
      var z = x
      for _ in 0..<1_000_000 { z = z * 1.0 }
      z = x * 1
      #expect(z.requiresGrad)
    }
  }

  @Test("anomaly detection names the operation in which a NaN is born")
  func anomaly() {
    let error = #expect(throws: Misuse.self) {
      try checked {
        let x = Tensor([0.0], requiresGrad: true)
        Anomaly.detect { ((x * 0) / (x * 0)).sum().backward() }
      }
    }
    #expect(error?.problem.contains("DivBackward0") == true)
  }
}
