import Descent

/// B2: reductions, softmax, copies, places, sorting, random numbers.
@MainActor let structureRows: [Row] =
  [
    onMatrix("sum-axis0") { $0.sum(dim: 0) }, onMatrix("sum-axis1") { $0.sum(dim: 1) },
    onMatrix("transpose-copy") { $0.t().contiguous() },
    onMatrix("argmax-axis0") { $0.argmax(dim: 0) },
    onMatrix("argmax-axis1") { $0.argmax(dim: 1) },
    onMatrix("max-axis1") { $0.max(dim: 1).values }, onMatrix("cumsum-axis1") { $0.cumsum(dim: 1) },
    onMatrix("cat") { m in
      Tensor.cat([m[0..<1024], m[1024..<2048], m[2048..<3072], m[3072...]])
    },
    onMatrix("broadcast-row") { $0 + $0[0] }, onMatrix("broadcast-column") { $0 + $0[.all, 0..<1] },
    onMatrix("where") { Tensor.where($0 .> 0, $0, 0.0) },
    onMatrix("dropout") { $0.dropout(0.1) },
    Row("B2-softmax") {
      let x = Tensor.randn(4096, 1024)
      return { x.softmax(dim: -1) }
    },
    Row("B2-softmax-grad") {
      let x = Tensor.randn(4096, 1024).requiresGrad_()
      return withBackward([x], Tensor.randn(4096, 1024)) { x.softmax(dim: -1) }
    },
    layerNorm(256, 1024), layerNormGrad(256, 1024), layerNorm(128, 384), layerNormGrad(128, 384),
    Row("B4-batch-norm") {
      let x = Tensor.randn(64, 64, 56, 56)
      let layer = BatchNorm2d(64)
      return { noGrad { layer(x) } }
    },
    Row("B4-batch-norm-grad") {
      let x = Tensor.randn(64, 64, 56, 56).requiresGrad_()
      let layer = BatchNorm2d(64)
      return withBackward([x, layer.weight!, layer.bias!], Tensor.randn(64, 64, 56, 56)) {
        layer(x)
      }
    },
    Row("B2-cross-entropy-grad") {
      let x = Tensor.randn(4096, 1024).requiresGrad_()
      let labels = Tensor.randint(1024, [4096])
      return withBackward([x], nil) { x.crossEntropy(labels) }
    },
    Row("B2-gather") {
      let x = Tensor.randn(4096, 1024)
      let index = Tensor.randint(1024, [4096, 1024])
      return { x.gather(1, index) }
    },
    Row("B2-index-select") {
      let table = Tensor.randn(65536, 256)
      let index = Tensor.randint(65536, [65536])
      return { table.indexSelect(0, index) }
    },
    Row("B2-embedding-grad") {
      let table = Tensor.randn(65536, 256).requiresGrad_()
      let index = Tensor.randint(65536, [65536])
      return withBackward([table], Tensor.ones(65536, 256)) { Tensor.embedding(table, index) }
    },
    Row("B2-sort") {
      let x = Tensor.randn(1_000_000)
      return { x.sort().values }
    },
    Row("B2-topk") {
      let x = Tensor.randn(1_000_000)
      return { x.topk(10).values }
    },
    Row("B2-rand") {
      { Tensor.rand(10_000_000, generator: Generator(seed: 0)) }
    },
    Row("B2-randn") {
      { Tensor.randn(10_000_000, generator: Generator(seed: 0)) }
    },
  ]

@MainActor private func onMatrix(_ name: String, _ body: @escaping (Tensor) -> Tensor) -> Row {
  Row("B2-\(name)") {
    let m = Tensor.randn(4096, 4096)
    return {
      manualSeed(1)
      return body(m)
    }
  }
}

@MainActor private func layerNorm(_ rows: Int, _ columns: Int) -> Row {
  Row("B2-layer-norm-\(rows)x\(columns)") {
    let x = Tensor.randn(rows, columns)
    let layer = LayerNorm(columns)
    return { noGrad { layer(x) } }
  }
}

@MainActor private func layerNormGrad(_ rows: Int, _ columns: Int) -> Row {
  Row("B2-layer-norm-\(rows)x\(columns)-grad") {
    let x = Tensor.randn(rows, columns).requiresGrad_()
    let layer = LayerNorm(columns)
    return withBackward([x, layer.weight!, layer.bias!], Tensor.randn(rows, columns)) { layer(x) }
  }
}
