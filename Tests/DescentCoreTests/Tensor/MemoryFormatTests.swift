import Testing

@testable import DescentCore

/// Strides are PyTorch's of the same calls.
@Suite("order of elements in memory")
struct MemoryFormatTests {
  /// Strides (1, 12, 4) for a shape of (4, 2, 3).
  private let turned = Tensor.arange(24).reshape(2, 3, 4).float().permute(2, 0, 1)
  private let images = Tensor.arange(120).reshape(2, 3, 4, 5).float()

  @Test("copies and tensors like another one keep the order of dims, without gaps")
  func preserved() {
    let part = turned[1..<3]
    let results: [(Tensor, [Int])] = [
      (turned.clone(), [1, 12, 4]), (turned.double(), [1, 12, 4]),
      (Tensor.zerosLike(turned), [1, 12, 4]), (Tensor.onesLike(turned), [1, 12, 4]),
      (Tensor.fullLike(turned, 3), [1, 12, 4]), (Tensor.emptyLike(turned), [1, 12, 4]),
      (part.clone(), [1, 6, 2]), (part.long(), [1, 6, 2]), (Tensor.emptyLike(part), [1, 6, 2]),
      (turned[.all, .all, .slice(step: 2)].clone(), [1, 8, 4]),
      (turned.flip(0), [1, 12, 4]), (turned.repeat(1, 1, 1), [6, 3, 1]),
      (turned.repeatInterleave(1, dim: 0), [6, 3, 1]),
    ]
    for (i, (result, strides)) in results.enumerated() {
      #expect(result.strides == strides, "result \(i)")
    }
    #expect(turned.clone().equal(turned) && turned.double().float().equal(turned))
    #expect(part.clone().equal(part))
    #expect(Tensor.fullLike(turned, 3).sum().item(as: Float.self) == 72)
  }

  @Test("elements that are repeated say nothing about an order: row-major")
  func repeated() {
    let e = Tensor.arange(3).reshape(3, 1).expand(3, 4)
    #expect(e.clone().strides == [4, 1] && e.t().clone().strides == [3, 1])
    #expect(Tensor.zerosLike(e.t()).strides == [3, 1])
    #expect(e.t().clone().equal(e.t()))
  }

  @Test("row-major and channels last when asked for")
  func asked() {
    #expect(turned.clone(memoryFormat: .contiguous).strides == [6, 3, 1])
    #expect(turned.contiguous().strides == [6, 3, 1] && turned.contiguous().equal(turned))
    let last = images.contiguous(memoryFormat: .channelsLast)
    #expect(last.strides == [60, 1, 15, 3] && last.equal(images))
    #expect(last.isContiguous(memoryFormat: .channelsLast) && !last.isContiguous)
    #expect(!images.isContiguous(memoryFormat: .channelsLast))
    #expect(last.contiguous(memoryFormat: .channelsLast) === last)
    #expect(last.to(memoryFormat: .preserve) === last)
    #expect(last.to(memoryFormat: .contiguous).strides == [60, 20, 5, 1])
    #expect(last[0..., 0..., 0].clone().strides == [15, 1, 3])
    #expect(images.clone(memoryFormat: .channelsLast).strides == [60, 1, 15, 3])
    #expect(Tensor.zeros(2, 1, 4, 5).isContiguous(memoryFormat: .channelsLast))
    #expect(turned.isContiguous(memoryFormat: .preserve))
    #expect(!turned[.all, .all, .slice(step: 2)].isContiguous(memoryFormat: .preserve))
  }

  @Test("gradients pass through in their own order")
  func gradients() {
    let x = images.clone().requiresGrad_()
    (x.contiguous(memoryFormat: .channelsLast) * images).sum().backward()
    #expect(x.grad!.equal(images) && x.grad!.isContiguous)
  }

  @Test("four dims for channels last")
  func misuse() {
    let error = #expect(throws: Misuse.self) {
      try checked { _ = Tensor.zeros(2, 3).contiguous(memoryFormat: .channelsLast) }
    }
    #expect(error?.problem == "channelsLast is an order of four dims" && error?.got == "[2, 3]")
  }
}
