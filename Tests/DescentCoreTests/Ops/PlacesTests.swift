import DescentCore
import Testing

extension SharedState {
  /// Reading and writing at places given by indices, edges made of a tensor's own elements, and orders of
  /// integers: values of PyTorch 2.13, and the same bits on any number of threads.
  @Suite("Places")
  struct Places {
    @Test(
      "rows far apart are chosen and added to as those of the transposed tensor",
      arguments: [DType.float32, .float64, .int64, .float16])
    func farRows(_ dtype: DType) {
      let generator = Generator(seed: 3)
      let x = (Tensor.randn(600, 301, generator: generator) * 8).to(dtype)
      let index = Tensor.randint(600, [700, 301], generator: generator)
      let source = (Tensor.randn(700, 301, generator: generator) * 8).to(dtype)
      let (xt, it, st) = (x.t().contiguous(), index.t().contiguous(), source.t().contiguous())
      SharedState.withThreads {
        #expect(x.gather(0, index).equal(xt.gather(1, it).t()))
        #expect(x.scatterAdd(0, index, source).equal(xt.scatterAdd(1, it, st).t()))
        #expect(x.scatter(0, index, source).equal(xt.scatter(1, it, st).t()))
        let one = it[0]
        #expect(
          x.indexAdd(1, one[..<301] % 301, source[..<600]).equal(
            xt.indexAdd(0, one[..<301] % 301, st[0..., ..<600]).t()))
      }
    }

    @Test("an index out of range leaves a tensor that is changed in place as it was")
    func badIndex() {
      let x = Tensor.randn(600, 301, generator: Generator(seed: 4))
      let before = x.clone()
      let index = Tensor.randint(600, [600, 301], generator: Generator(seed: 5))
      index[599, 300] = Tensor(600)
      for call in [
        { x.scatterAdd_(0, index, before) }, { x.scatter_(0, index, before) },
        { x.scatterAdd(0, index, before) }, { x.scatter(0, index, before) },
        { x.gather(0, index) }, { x.indexAdd_(0, index[0..., 300], before) },
      ] as [() -> Tensor] {
        #expect(throws: Misuse.self) { try checked { _ = call() } }
        #expect(x.equal(before))
      }
    }

    @Test("padding of the last one, two and three dimensions")
    func padding() {
      let line = Tensor.arange(12).view(1, 3, 4).to(.float32)
      let plane = Tensor.arange(6).view(1, 1, 2, 3).to(.float32)
      let cube = Tensor.arange(8).view(1, 1, 2, 2, 2).to(.float32)
      let lines: [(PaddingMode, [Int])] = [
        (.reflect, [2, 1, 0, 1, 2, 3, 2, 6, 5, 4, 5, 6, 7, 6, 10, 9, 8, 9, 10, 11, 10]),
        (.replicate, [0, 0, 0, 1, 2, 3, 3, 4, 4, 4, 5, 6, 7, 7, 8, 8, 8, 9, 10, 11, 11]),
        (.circular, [2, 3, 0, 1, 2, 3, 0, 6, 7, 4, 5, 6, 7, 4, 10, 11, 8, 9, 10, 11, 8]),
      ]
      for (mode, values) in lines {
        #expect(line.pad([2, 1], mode: mode).to(.int64).toArray(Int.self) == values)
        // A view that is not contiguous, and another dtype.
        let other = line.transpose(1, 2).contiguous().transpose(1, 2).to(.int64)
        #expect(other.pad([2, 1], mode: mode).toArray(Int.self) == values)
      }
      let planes: [(PaddingMode, [Int])] = [
        (.reflect, [4, 3, 4, 5, 4, 3, 1, 0, 1, 2, 1, 0, 4, 3, 4, 5, 4, 3]),
        (.replicate, [0, 0, 1, 2, 2, 2, 0, 0, 1, 2, 2, 2, 3, 3, 4, 5, 5, 5]),
        (.circular, [5, 3, 4, 5, 3, 4, 2, 0, 1, 2, 0, 1, 5, 3, 4, 5, 3, 4]),
      ]
      for (mode, values) in planes {
        let padded = plane.pad([1, 2, 1, 0], mode: mode)
        #expect(padded.to(.int64).toArray(Int.self) == values && padded.shape == [1, 1, 3, 6])
      }
      let inner = [5, 4, 5, 7, 6, 7, 5, 4, 5, 1, 0, 1, 3, 2, 3, 1, 0, 1]
      let padded = cube.pad([1, 0, 0, 1, 1, 1], mode: .reflect)
      #expect(padded.to(.int64).toArray(Int.self) == inner + inner)
      #expect(padded.shape == [1, 1, 4, 3, 3])
      // Negative numbers cut off.
      #expect(
        line.pad([-1, 2], mode: .reflect).to(.int64).toArray(Int.self)
          == [1, 2, 3, 2, 1, 5, 6, 7, 6, 5, 9, 10, 11, 10, 9])
      #expect(
        line.pad([2, -1], mode: .replicate).to(.int64).toArray(Int.self)
          == [0, 0, 0, 1, 2, 4, 4, 4, 5, 6, 8, 8, 8, 9, 10])
      let images = Tensor.randn(3, 5, 40, 37, generator: Generator(seed: 6))
      let first = images.pad([3, 4, 2, 1], mode: .circular)
      SharedState.withThreads { #expect(images.pad([3, 4, 2, 1], mode: .circular).equal(first)) }
      #expect(first[0..., 0..., 2..<42, 3..<40].equal(images))
    }

    @Test("gradients of padding", arguments: [PaddingMode.reflect, .replicate, .circular])
    func paddingGradients(_ mode: PaddingMode) {
      let x = Tensor.randn(
        2, 3, 4, dtype: .float64, requiresGrad: true, generator: Generator(seed: 7))
      #expect(gradCheck([x]) { [$0[0].pad([2, 1, 1, 2], mode: mode)] }.passed)
      #expect(gradCheck([x]) { [$0[0].pad([-1, 2], mode: mode)] }.passed)
      #expect(gradGradCheck([x]) { [$0[0].pad([2, 1, 1, 2], mode: mode).pow(2)] }.passed)
    }

    @Test("integers close together and far apart are sorted stably, both ways")
    func integers() {
      let generator = Generator(seed: 8)
      for span in [1, 2, 300, 100_000, 1 << 40] {
        let x = Tensor.randint(span, [3, 20_000], generator: generator) - span / 2
        for dim in [0, 1] {
          for descending in [false, true] {
            let rows = dim == 1 ? x : x.t()
            let (values, places) = rows.sort(dim: dim, descending: descending)
            #expect(values.equal(rows.gather(dim, places)))
            let n = rows.shape[dim]
            let (a, b) = (values.narrow(dim, 0, n - 1), values.narrow(dim, 1, n - 1))
            let inOrder = descending ? a .>= b : a .<= b
            #expect(inOrder.all().item(as: Bool.self))
            let (i, j) = (places.narrow(dim, 0, n - 1), places.narrow(dim, 1, n - 1))
            #expect((a .!= b).logicalOr(i .< j).all().item(as: Bool.self))
          }
        }
      }
      let ends = Tensor([Int.max, Int.min, 0, -1])
      #expect(ends.sort().values.toArray(Int.self) == [Int.min, -1, 0, Int.max])
    }

    @Test("running extremes of long rows")
    func extremes() {
      let x = Tensor.randn(5, 3000, generator: Generator(seed: 9))
      x[2, 100] = Tensor(Float.nan)
      let (values, places) = x.cummax(dim: 1)
      #expect(x.gather(1, places).isclose(values, equalNaN: true).all().item(as: Bool.self))
      var (most, at) = (-Float.infinity, 0)
      let (row, got) = (x[3].toArray(Float.self), places[3].toArray(Int.self))
      for i in row.indices {
        if row[i] >= most { (most, at) = (row[i], i) }
        #expect(got[i] == at)
      }
      #expect(places[2, 2999].item(as: Int.self) == 100)
      let (tv, tp) = x.t().contiguous().cummax(dim: 0)
      #expect(
        tp.t().equal(places) && tv.t().isclose(values, equalNaN: true).all().item(as: Bool.self))
    }
  }
}
