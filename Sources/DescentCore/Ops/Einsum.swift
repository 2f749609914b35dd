// Einstein's summation convention: products of any operands written with labels.

extension Tensor {
  /// Multiplies operands by labelled dimensions and sums over labels that the result leaves out.
  ///
  /// Each letter labels a dimension; equal letters pair dimensions (sizes agree, or one is 1), a letter
  /// twice in one operand takes its diagonal, `...` stands for leading dims that broadcast. Without
  /// `->` the result has the dims of `...` and then the letters that appear once, in alphabetical order
  /// (capitals first). Operands are multiplied from left to right, each pair as one matrix product.
  /// ```swift
  /// let c = Tensor.einsum("bij,bjk->bik", a, b)   // bmm
  /// let trace = Tensor.einsum("ii", m)
  /// ```
  /// - Precondition: `einsum: label j has sizes 3 and 4. Got "ij,jk" for [2, 3] and [4, 5]. …`
  /// - Gradient: that of the products.
  /// - Source: torch.einsum
  public static func einsum(
    _ equation: String, _ operands: Tensor..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    einsum(equation, operands, file: file, line: line)
  }

  /// The same with the operands in an array.
  public static func einsum(
    _ equation: String, _ operands: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let plan = attempt(file: file, line: line) { () throws(Misuse) in
      try EinsumPlan(equation, operands)
    }
    guard let plan else { return .poison }
    var terms = zip(operands, plan.inputs).map { LabelledTensor($0, $1).takingDiagonals() }
    var current = terms.removeFirst()
    while true {
      // Labels that nothing later asks for are summed as soon as possible.
      let later = Set(terms.flatMap(\.labels)).union(plan.output)
      current = current.summing { !later.contains($0) }
      if terms.isEmpty { break }
      let next = terms.removeFirst()
      let kept = Set(terms.flatMap(\.labels)).union(plan.output)
      current = current.multiplied(by: next, keeping: kept, file, line)
    }
    return current.arranged(plan.output)
  }
}

/// What an equation says: for each operand the label of each dim, and the labels of the result.
/// Dims under `...` get negative labels, -1 for the last.
private struct EinsumPlan {
  var inputs: [[Int]] = []
  var output: [Int] = []

  init(_ equation: String, _ operands: [Tensor]) throws(Misuse) {
    let shapes = operands.map(\.shape.brackets).joined(separator: " and ")
    func wrong(_ problem: String, _ remedy: String) -> Misuse {
      Misuse("einsum", problem, got: "\"\(equation)\" for \(shapes)", try: remedy)
    }
    let text = Array(equation.utf8.filter { $0 != UInt8(ascii: " ") })
    var left = text[...]
    var right: ArraySlice<UInt8>?
    if let dash = text.firstIndex(of: UInt8(ascii: "-")) {
      guard dash + 1 < text.count, text[dash + 1] == UInt8(ascii: ">") else {
        throw wrong("a '-' is not followed by '>'", "\"ij,jk->ik\"")
      }
      (left, right) = (text[..<dash], text[(dash + 2)...])
    }
    let parts = left.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    if operands.isEmpty || parts.count != operands.count {
      throw wrong(
        "the equation names \(parts.count) operands, \(operands.count) were given",
        "one list of labels for each operand")
    }
    var sizes: [Int: Int] = [:]
    var counts: [Int: Int] = [:]
    var hidden = 0
    for (part, operand) in zip(parts, operands) {
      if operand.dtype != operands[0].dtype {
        throw Misuse(
          "einsum", "the operands have different dtypes",
          got: "\(operands[0].dtype.name) and \(operand.dtype.name)", try: "to(_:) on one of them")
      }
      guard let labels = EinsumPlan.labels(part, dims: operand.ndim) else {
        throw wrong(
          "the labels of an operand do not name its \(operand.ndim) dimensions",
          "a letter for each dimension, and at most one \"...\"")
      }
      inputs.append(labels)
      hidden = max(hidden, labels.filter { $0 < 0 }.count)
      var own: [Int: Int] = [:]
      for (dim, label) in labels.enumerated() {
        let size = operand.shape[dim]
        if let seen = own[label], seen != size {
          throw wrong(
            "\(EinsumPlan.text(label)) repeats in one operand with sizes \(seen) and \(size)",
            "equal sizes")
        }
        own[label] = size
        counts[label, default: 0] += 1
      }
      for (label, size) in own {
        if let known = sizes[label], known != size, known != 1, size != 1 {
          throw wrong(
            "\(EinsumPlan.text(label)) has sizes \(known) and \(size)", "equal sizes, or 1")
        }
        sizes[label] = sizes[label].map { $0 == 1 ? size : $0 } ?? size
      }
    }
    let ellipsis = (0..<hidden).map { $0 - hidden }
    guard let right else {
      output = ellipsis + counts.filter { $0.key >= 0 && $0.value == 1 }.keys.sorted()
      return
    }
    guard let named = EinsumPlan.labels(right, dims: nil, ellipsis: ellipsis) else {
      throw wrong("the labels of the result are not letters", "letters and at most one \"...\"")
    }
    output = named
    for label in output where label >= 0 && counts[label] == nil {
      throw wrong(
        "\(EinsumPlan.text(label)) of the result is in no operand", "labels of the operands")
    }
    if Set(output).count != output.count {
      throw wrong("a label appears twice in the result", "each label once")
    }
  }

  private static func text(_ label: Int) -> String {
    label < 0 ? "a dimension of \"...\"" : "label \(Character(UnicodeScalar(UInt8(label))))"
  }

  /// The labels of one operand, or nil if they do not fit its dims. `ellipsis` stands for "..." of the
  /// result, which has no dims of its own.
  private static func labels(
    _ text: ArraySlice<UInt8>, dims: Int?, ellipsis: [Int] = []
  ) -> [Int]? {
    var labels: [Int] = []
    var dots: Int?
    var i = text.startIndex
    while i < text.endIndex {
      let letter = text[i]
      if letter == UInt8(ascii: ".") {
        guard dots == nil, i + 2 < text.endIndex, text[i + 1] == letter, text[i + 2] == letter
        else {
          return nil
        }
        dots = labels.count
        i += 3
      } else if (letter | 32) >= UInt8(ascii: "a") && (letter | 32) <= UInt8(ascii: "z") {
        labels.append(Int(letter))
        i += 1
      } else {
        return nil
      }
    }
    guard let dims else {
      if let dots { labels.insert(contentsOf: ellipsis, at: dots) }
      return labels
    }
    let missing = dims - labels.count
    if missing < 0 || (missing > 0 && dots == nil) { return nil }
    if let dots { labels.insert(contentsOf: (0..<missing).map { $0 - missing }, at: dots) }
    return labels
  }
}

/// A tensor and the label of each of its dims.
private struct LabelledTensor {
  var tensor: Tensor
  var labels: [Int]

  init(_ tensor: Tensor, _ labels: [Int]) {
    self.tensor = tensor
    self.labels = labels
  }

  func size(_ label: Int) -> Int? { labels.firstIndex(of: label).map { tensor.shape[$0] } }

  /// Dims with one label become one: the diagonal, whose stride is the sum of theirs.
  func takingDiagonals() -> LabelledTensor {
    var unique: [Int] = []
    for label in labels where !unique.contains(label) { unique.append(label) }
    if unique.count == labels.count { return self }
    let source = tensor.layout.mayOverlapItself ? tensor.clone() : tensor
    var (shape, strides) = (Shape(), Shape())
    for label in unique {
      let dims = labels.indices.filter { labels[$0] == label }
      shape.append(source.shape[dims[0]])
      strides.append(dims.reduce(0) { $0 + source.layout.strides[$1] })
    }
    return LabelledTensor(source.asStrided(shape, strides), unique)
  }

  /// Sums over the dims whose label satisfies a condition.
  func summing(_ condition: (Int) -> Bool) -> LabelledTensor {
    var mask: UInt32 = 0
    for (dim, label) in labels.enumerated() where condition(label) { mask |= 1 << UInt32(dim) }
    if mask == 0 { return self }
    return LabelledTensor(tensor.sum(mask: mask, keepDim: false), labels.filter { !condition($0) })
  }

  /// Takes out a dim of size 1.
  func dropping(_ label: Int) -> LabelledTensor {
    guard let dim = labels.firstIndex(of: label) else { return self }
    var shape = tensor.shape
    shape.remove(at: dim)
    return LabelledTensor(tensor.reshape(shape), labels.filter { $0 != label })
  }

  /// The dims in the order of `wanted`, which has the same labels.
  func arranged(_ wanted: [Int]) -> Tensor {
    tensor.permuted(wanted.compactMap { labels.firstIndex(of: $0) })
  }

  /// The product with another tensor, summed over labels that are not kept.
  func multiplied(
    by other: LabelledTensor, keeping kept: Set<Int>, _ file: StaticString, _ line: UInt
  ) -> LabelledTensor {
    var (a, b) = (self, other)
    // A size of 1 that broadcasts is no dim of the product: only the other operand has that label.
    for label in labels {
      guard let x = a.size(label), let y = b.size(label), x != y else { continue }
      if x == 1 { a = a.dropping(label) } else { b = b.dropping(label) }
    }
    a = a.summing { !kept.contains($0) && !b.labels.contains($0) }
    b = b.summing { !kept.contains($0) && !a.labels.contains($0) }
    let batch = a.labels.filter { b.labels.contains($0) && kept.contains($0) }
    let inner = a.labels.filter { b.labels.contains($0) && !kept.contains($0) }
    let rows = a.labels.filter { !b.labels.contains($0) }
    let columns = b.labels.filter { !a.labels.contains($0) }
    let (x, y) = (a.arranged(batch + rows + inner), b.arranged(batch + inner + columns))
    let sizes: ([Int], LabelledTensor) -> [Int] = { list, of in list.compactMap { of.size($0) } }
    let labels = batch + rows + columns
    let target = Shape(sizes(batch, a) + sizes(rows, a) + sizes(columns, b))
    if inner.isEmpty {
      let left = x.reshape(Shape(Array(x.shape) + [Int](repeating: 1, count: columns.count)))
      let right = y.reshape(
        Shape(sizes(batch, b) + [Int](repeating: 1, count: rows.count) + sizes(columns, b)))
      return LabelledTensor(left.mul(right, file: file, line: line), labels)
    }
    let (m, k) = (sizes(rows, a).reduce(1, *), sizes(inner, a).reduce(1, *))
    let n = sizes(columns, b).reduce(1, *)
    let stack = batch.isEmpty ? [] : [sizes(batch, a).reduce(1, *)]
    let product = Tensor.product(
      x.reshape(Shape(stack + [m, k])), y.reshape(Shape(stack + [k, n])),
      name: stack.isEmpty ? "MmBackward0" : "BmmBackward0", file: file, line: line)
    return LabelledTensor(product.viewed(as: target, "ViewBackward0"), labels)
  }
}
