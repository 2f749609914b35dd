// Reading and writing parts of a tensor: `x[0]`, `x[1..<3, 0]`, `x[mask] = 0`.

extension Tensor {
  /// One position of the first dimension: a view.
  public final subscript(
    index: Int, file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    get {
      // No list of one index for the commonest case.
      ndim > 0 ? select(0, index, file: file, line: line) : part(at: [.position(index)], file, line)
    }
    set { assign(newValue, at: [.position(index)], file, line) }
  }

  /// The part that the indices name; a view unless an index is a tensor or a list.
  ///
  /// Assigning broadcasts and converts the value, changes this tensor in place and is recorded.
  /// - Gradient: that of the part, zero elsewhere; positions named several times add up.
  public final subscript(
    _ index: some TensorIndex, _ further: any TensorIndex..., file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> Tensor {
    get { part(at: [index.indexKind] + further.map(\.indexKind), file, line) }
    set { assign(newValue, at: [index.indexKind] + further.map(\.indexKind), file, line) }
  }

  /// The whole tensor, as a view: `x[...]`; assigning changes every element.
  public final subscript(_ whole: (UnboundedRange_) -> Void) -> Tensor {
    get { makeView(layout, "AliasBackward0", rule: { step, g in step.give(0, g) }) }
    set { assign(newValue, at: [.ellipsis], "", 0) }
  }

  /// Assigns a number to every element of the part: `x[0, 1] = 2.5`, `x[mask] = 0`.
  ///
  /// Read where a number is asked for, it is the part's only element: `let first: Double? = x[0, 0]`;
  /// nil if the part has not exactly one.
  public final subscript<S: Scalar>(
    _ index: some TensorIndex, _ further: any TensorIndex..., file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> S? {
    get {
      let part = part(at: [index.indexKind] + further.map(\.indexKind), file, line)
      return part.numel() == 1 ? S(scalarValue: part.scalarValue) : nil
    }
    set {
      guard let newValue else { return }
      let value = newValue.scalarValue
      let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
        try Rules.representable("index", value, dtype)
      }
      if checked == nil { return }
      assign(number(value), at: [index.indexKind] + further.map(\.indexKind), file, line)
    }
  }

  /// The only element as a number of its category.
  private final var scalarValue: ScalarValue {
    dtype.isFloatingPoint
      ? .double(item()) : dtype == .bool ? .bool(item() != 0) : .int(item(as: Int.self))
  }

  // MARK: reading

  final func part(at kinds: [IndexKind], _ file: StaticString, _ line: UInt) -> Tensor {
    guard let (view, tensors) = basicPart(kinds, file, line) else { return .poison }
    if tensors.allSatisfy({ $0 == nil }) {
      return view === self
        ? makeView(layout, "AliasBackward0", rule: { step, g in step.give(0, g) }) : view
    }
    return view.indexed(by: tensors, file, line)
  }

  /// Applies positions, slices and new axes; what is left are the index tensors, by dimension of the view.
  func basicPart(
    _ kinds: [IndexKind], numbersSelect: Bool = true, _ file: StaticString, _ line: UInt
  ) -> (Tensor, [Tensor?])? {
    attempt(file: file, line: line) { () throws(Misuse) in
      var view = self
      var tensors: [Tensor?] = []
      var dim = 0
      let consumed = kinds.reduce(0) { count, kind in
        switch kind {
        case .position, .slice: count + 1
        case .tensor(let tensor): count + (Tensor.isMask(tensor) ? tensor.ndim : 1)
        case .newAxis, .ellipsis: count
        }
      }
      let ellipses = kinds.filter { if case .ellipsis = $0 { true } else { false } }.count
      if consumed > self.ndim || ellipses > 1 {
        throw Misuse(
          "index",
          ellipses > 1 ? "only one ellipsis can stand in an index" : "there are too many indices",
          got: "\(consumed) for shape \(self.shape.brackets)", try: "at most \(self.ndim)")
      }
      func position(_ index: Int) throws(Misuse) {
        let size = view.shape[dim]
        if index < -size || index >= size {
          throw Misuse(
            "index", "index \(index) is out of range for dimension \(dim) of size \(size)",
            got: "index \(index) and shape \(self.shape.brackets)",
            try: size == 0 ? "a tensor with elements" : "an index from \(-size) to \(size - 1)")
        }
        view = view.select(dim, index)
      }
      for kind in kinds {
        switch kind {
        case .position(let index): try position(index)
        case .slice(let from, let to, let step):
          let size = view.shape[dim]
          let (start, length) = try Rules.slice("index", from, to, step, size: size)
          if start != 0 || length != size || step != 1 {
            view = view.sliced(dim, start, length, step)
          }
          tensors.append(nil)
          dim += 1
        case .newAxis:
          view = view.unsqueeze(dim)
          tensors.append(nil)
          dim += 1
        case .ellipsis:
          for _ in 0..<(self.ndim - consumed) {
            tensors.append(nil)
            dim += 1
          }
        case .tensor(let index) where index.ndim == 0 && Tensor.isMask(index):
          view = view.unsqueeze(dim)
          tensors.append(Tensor.zeros([index.device.backend.countNonzero(index)], dtype: .int64))
          dim += 1
        case .tensor(let index)
        where numbersSelect && index.ndim == 0 && index.dtype.isInteger:
          // A single number is a position, and gives a view.
          try position(index.item(as: Int.self))
        case .tensor(let index):
          for part in try Tensor.positions(index, in: view.shape, from: dim) {
            tensors.append(part)
            dim += 1
          }
        }
      }
      while tensors.count < view.ndim { tensors.append(nil) }
      return (view, tensors)
    }
  }

  static func isMask(_ tensor: Tensor) -> Bool {
    tensor.dtype == .bool || tensor.dtype == .uint8
  }

  /// An index tensor as int64 positions; a mask as one vector of positions for each of its dims.
  private static func positions(
    _ index: Tensor, in shape: Shape, from dim: Int
  ) throws(Misuse) -> [Tensor] {
    if !isMask(index) && index.dtype != .int64 && index.dtype != .int32 {
      throw Misuse(
        "index", "an index tensor holds int64, int32 or bool", got: index.dtype.name,
        try: "to(.int64)")
    }
    if !isMask(index) { return [index.to(.int64)] }
    for i in 0..<index.ndim where index.shape[i] != shape[dim + i] {
      throw Misuse(
        "index",
        "the mask's size \(index.shape[i]) does not match the dimension's \(shape[dim + i])",
        got: "mask \(index.shape.brackets) for \(shape.brackets)",
        try: "a mask of the dimensions' sizes")
    }
    let count = index.device.backend.countNonzero(index)
    let places = Tensor(empty: [count, index.ndim], dtype: .int64)
    if count > 0 { index.device.backend.nonzero(index, into: places) }
    return (0..<index.ndim).map { places.select(1, $0) }
  }

  /// Index tensors by dimension, brought to one shape and together.
  struct Advanced {
    /// The target's dims: indexed ones first.
    let order: [Int]
    let indices: [Tensor]
    let indexShape: Shape
    /// Where the index's dims stand in the result.
    let position: Int
  }

  func advanced(_ tensors: [Tensor?]) throws(Misuse) -> Advanced {
    let indexed = tensors.indices.filter { tensors[$0] != nil }
    let kept = tensors.indices.filter { tensors[$0] == nil }
    var shape = Shape()
    for tensor in tensors {
      if let tensor { shape = try Rules.broadcast("index", shape, tensor.shape) }
    }
    let indices = tensors.compactMap { $0?.expanded(to: shape) }
    let isAdjacent = indexed[indexed.count - 1] - indexed[0] == indexed.count - 1
    return Advanced(
      order: indexed + kept, indices: indices, indexShape: shape,
      position: isAdjacent ? indexed[0] : 0)
  }

  /// The result's dims in the order of the caller: the index's dims stand first in what kernels see.
  static func resultOrder(_ index: Advanced, dims: Int) -> [Int] {
    let n = index.indexShape.count
    var order = Array(n..<dims)
    order.insert(contentsOf: 0..<n, at: index.position)
    return order
  }

  func indexed(by tensors: [Tensor?], _ file: StaticString, _ line: UInt) -> Tensor {
    guard
      let index = attempt(
        file: file, line: line, { () throws(Misuse) in try self.advanced(tensors) })
    else { return .poison }
    let target = noGrad { permute(index.order) }
    var shape = index.indexShape
    for i in index.indices.count..<ndim { shape.append(target.shape[i]) }
    let values = Tensor(empty: shape, dtype: dtype)
    do throws(Misuse) {
      try target.readRaw("index", index.indices, values)
    } catch {
      error.raise(file: file, line: line)
      return .poison
    }
    let order = Tensor.resultOrder(index, dims: shape.count)
    let result = noGrad { values.permute(order) }
    let output = Tensor(storage: values.storage, layout: result.layout, dtype: dtype)
    if recording(self) {
      let full = self.shape
      let isKept = tensors.map { $0 == nil }
      output.record(
        "IndexBackward0", TensorList(self), saving: TensorList(index.indices), file: file,
        line: line
      ) {
        step, g in
        let places = Tensor.places(step, isKept, from: 0)
        step.give(0, Tensor.zeros(full, dtype: g.dtype).indexPut(places, g, accumulate: true))
      }
    }
    return output
  }

  /// The saved index tensors, by dimension.
  static func places(_ step: BackwardStep, _ isKept: [Bool], from first: Int) -> [Tensor?] {
    var next = first
    return isKept.map { isKept -> Tensor? in
      if isKept { return nil }
      defer { next += 1 }
      return step.saved(next)
    }
  }

  /// Reads at places of the first dims into `values` ([index shape, kept sizes]).
  final func readRaw(_ operation: String, _ indices: [Tensor], _ values: Tensor) throws(Misuse) {
    if values.numel() == 0 { return }
    try device.backend.indexGather(
      IndexCall(target: self, indices: indices, values: values, operation: operation))
  }

  /// Writes `values` to places of the first dims.
  final func writeRaw(
    _ operation: String, _ indices: [Tensor], _ values: Tensor, _ mode: ScatterMode
  ) throws(Misuse) {
    if values.numel() == 0 { return }
    try device.backend.indexScatter(
      IndexCall(target: self, indices: indices, values: values, operation: operation), mode)
  }
}

/// Iterating a tensor gives its positions along the first dimension: `for row in x`.
extension Tensor: Sequence {
  public struct Iterator: IteratorProtocol {
    private let tensor: Tensor
    private var position = 0

    init(_ tensor: Tensor) { self.tensor = tensor }

    public mutating func next() -> Tensor? {
      if position >= tensor.count { return nil }
      defer { position += 1 }
      return tensor.select(0, position)
    }
  }

  /// - Precondition: at least one dimension.
  public final func makeIterator() -> Iterator {
    if ndim == 0 {
      Misuse("iteration", "a 0-d tensor has no rows", got: "[]", try: "item()").raise(
        file: "", line: 0)
    }
    return Iterator(self)
  }
}
