// The rows' bars, and the work that each cannot avoid; see docs/performance.md.

private let element = 4.0
private let vector = 1e7 * element
private let matrix = 4096.0 * 4096 * element
private let scores = 4096.0 * 1024 * element
private let table = 65536.0 * 256 * element
private let channels = 64.0 * 64 * 56 * 56 * element
private let planes = 16.0 * 64 * 112 * 112 * element

let expectations: [String: Expectation] = small.merging(elementwise) { $1 }
  .merging(structure) { $1 }.merging(products) { $1 }.merging(images) { $1 }.merging(models) { $1 }

private let small: [String: Expectation] = [
  "add1": .seconds(0.15e-6), "mul1": .seconds(0.15e-6), "add16": .seconds(0.15e-6),
  "mul16": .seconds(0.15e-6), "add1024": .ratio(0.25), "mul1024": .ratio(0.25),
  "item": .ratio(0.25), "index": .seconds(0.08e-6), "view": .seconds(0.08e-6),
  "add16-grad": .seconds(0.5e-6), "chain10-grad": .seconds(6e-6), "linear16": .seconds(0.5e-6),
  "T3-polynomial-autograd": .seconds(15e-6), "T4-polynomial-sequential": .seconds(20e-6),
  "T5-polynomial-rmsprop": .seconds(20e-6), "T6-polynomial-module": .seconds(16e-6),
  "T7a-regression-parameter": .seconds(6e-6), "T7b-regression-linear": .seconds(6e-6),
  "T9-line-autograd": .seconds(5e-6),
  // The first weight's gradient and the product forward; the input needs none.
  "T8-perceptron-autograd": .ratio(0.5, flops: 4 * 100 * 1000 * 100 + 6 * 100 * 100 * 10),
  "T10-epoch-softmax": .ratio(0.55, flops: 4 * 6e4 * 784 * 10, bytes: 6e4 * 784 * element),
  "T10-epoch-perceptron": .ratio(0.55, flops: 6e4 * (4 * 784 * 256 + 6 * 256 * 10)),
  "B11-start": .seconds(8e-3), "B11-start-static": .seconds(8e-3),
]

private let elementwise: [String: Expectation] = [
  "B1-chain": .ratio(0.7, bytes: 2 * vector), "B1-chain-quarter": .ratio(0.7, bytes: vector / 2),
  "B1-chain-x4": .ratio(0.7, bytes: 8 * vector),
  "B1-chain-grad": .ratio(0.7, bytes: 4 * vector),
  "B1-pointwise": .ratio(0.35, bytes: 2 * vector),
  "B1-pointwise-grad": .ratio(0.35, bytes: 4 * vector),
  "B1-add": .moving(2 * vector), "B1-exp": .moving(2 * vector), "B1-tanh": .moving(2 * vector),
  "B1-relu": .moving(2 * vector), "B1-gelu": .moving(2 * vector), "B1-sum": .reading(vector),
]

private let structure: [String: Expectation] = [
  "B2-sum-axis0": .reading(matrix), "B2-sum-axis1": .reading(matrix),
  "B2-transpose-copy": .moving(2 * matrix), "B2-argmax-axis0": .reading(matrix),
  "B2-argmax-axis1": .reading(matrix), "B2-max-axis1": .reading(matrix),
  "B2-cumsum-axis1": .moving(2 * matrix), "B2-cat": .moving(2 * matrix),
  "B2-broadcast-row": .moving(2 * matrix), "B2-broadcast-column": .moving(2 * matrix),
  "B2-where": .moving(2 * matrix), "B2-dropout": .moving(2 * matrix),
  "B2-softmax": .moving(2 * scores), "B2-softmax-grad": .moving(5 * scores),
  "B2-layer-norm-256x1024": .moving(2 * 256 * 1024 * element),
  "B2-layer-norm-256x1024-grad": .moving(5 * 256 * 1024 * element),
  "B2-layer-norm-128x384": .moving(2 * 128 * 384 * element),
  "B2-layer-norm-128x384-grad": .moving(5 * 128 * 384 * element),
  "B2-cross-entropy-grad": .moving(3 * scores),
  // Indices are 64 bits wide.
  "B2-gather": .moving(4 * scores), "B2-index-select": .moving(2 * table),
  "B2-embedding-grad": .moving(4 * table), "B2-sort": .ratio(0.9),
  "B2-topk": .reading(1e6 * element),
  "B2-rand": .moving(vector), "B2-randn": .moving(vector),
]

private let products: [String: Expectation] = {
  var rows: [String: Expectation] = [:]
  for n in [8.0, 16, 32, 64] { rows["B3-matmul-\(Int(n))"] = .ratio(0.25, flops: 2 * n * n * n) }
  for n in [128.0, 256] { rows["B3-matmul-\(Int(n))"] = .ratio(0.9, flops: 2 * n * n * n) }
  func ofPeak(_ flops: Double) -> Expectation {
    Expectation(bars: [.limit(1 / 0.85)], flops: flops)
  }
  for n in [512.0, 1024, 2048] { rows["B3-matmul-\(Int(n))"] = ofPeak(2 * n * n * n) }
  for form in ["ABt", "AtB"] { rows["B3-matmul-1024-\(form)"] = ofPeak(2 * 1024 * 1024 * 1024) }
  rows["B3-bmm-64"] = ofPeak(2 * 64 * 128 * 64 * 128)
  for n in [1024.0, 4096] {
    rows["B3-matvec-\(Int(n))"] = Expectation(
      bars: [.limit(1.15)], flops: 2 * n * n, bytes: n * n * element, onlyReads: true)
  }
  return rows
}()

private let images: [String: Expectation] = {
  var rows: [String: Expectation] = [
    "B4-batch-norm": .ratio(0.5, bytes: 2 * channels),
    "B4-batch-norm-grad": .ratio(0.5, bytes: 5 * channels),
  ]
  let convolutions: [(name: String, flops: Double)] = [
    ("3x3", 2 * 32 * 56 * 56 * 64 * 64 * 9), ("3x3-small", 2 * 64 * 28 * 28 * 64 * 32 * 9),
    ("7x7-stride2", 2 * 32 * 112 * 112 * 64 * 3 * 49), ("1x1", 2 * 32 * 56 * 56 * 256 * 64),
    ("depthwise", 2 * 32 * 56 * 56 * 96 * 9),
  ]
  for (name, flops) in convolutions {
    rows["B4-conv-\(name)"] = .ratio(1, flops: flops)
    rows["B4-conv-\(name)-grad"] = .ratio(0.85, flops: 3 * flops)
  }
  // What a pooling leaves, as a part of its input.
  let poolings: [(name: String, left: Double)] = [
    ("max-pool-2x2", 1 / 4), ("max-pool-3x3", 1 / 4), ("avg-pool", 1 / 4), ("avg-pool-3x3", 1 / 4),
    ("adaptive-avg-pool", 1 / 256), ("adaptive-max-pool", 1 / 256),
  ]
  for (name, left) in poolings {
    rows["B4-\(name)"] = .ratio(0.5, bytes: planes * (1 + left))
    rows["B4-\(name)-channels-last"] = .ratio(0.5, bytes: planes * (1 + left))
    rows["B4-\(name)-grad"] = .ratio(0.5, bytes: planes * (2 + 2 * left))
  }
  return rows
}()

private let models: [String: Expectation] = [
  "B5-lenet-train": .ratio(0.6), "B5-resnet18-train": .ratio(0.75),
  "B5-resnet18-inference": .ratio(0.8),
  "B6-gpt-train": .ratio(0.8), "B6-gpt-train-quarter": .ratio(0.8), "B6-gpt-train-x4": .ratio(0.8),
  "B6-gpt-generate": .seconds(2e-3), "B6-gpt-prefill": .ratio(0.7),
  "B7-lstm": .ratio(0.85, flops: 2 * lstm), "B7-lstm-grad": .ratio(0.85, flops: 6 * lstm),
  "B8-encoder-1": .ratio(0.75), "B8-encoder-32": .ratio(0.85),
  // Momentum reads and writes two numbers a parameter, Adam three; both read a gradient.
  "B9-sgd-momentum": update(bytes: 5 * vector, set: 3 * vector),
  "B9-adam": update(bytes: 7 * vector, set: 4 * vector),
  "B9-adamw": update(bytes: 7 * vector, set: 4 * vector),
]

private func update(bytes: Double, set: Double) -> Expectation {
  Expectation(bars: [.limit(1.15)], bytes: bytes, set: set)
}

/// Multiply-adds of two layers: 64 steps of 32, 256 and 256 to 4 times 256.
private let lstm = 2.0 * 64 * 32 * 512 * 1024

/// Rows that do the same work at several sizes, with the size of each.
let growths: [(name: String, rows: [(row: String, size: Double)])] = [
  ("B1 chain", [("B1-chain-quarter", 0.25), ("B1-chain", 1), ("B1-chain-x4", 4)]),
  ("B3 matmul", [("B3-matmul-512", 1), ("B3-matmul-1024", 8), ("B3-matmul-2048", 64)]),
  ("B6 GPT", [("B6-gpt-train-quarter", 0.25), ("B6-gpt-train", 1), ("B6-gpt-train-x4", 4)]),
]
