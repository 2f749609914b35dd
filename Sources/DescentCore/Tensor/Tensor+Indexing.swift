// Reading and writing parts of a tensor: `x[0]`, `x[1..<3, 0]`, `x[mask] = 0`.

extension Tensor {
  /// One position of the first dimension: a view.
  public final subscript(index: Int) -> Tensor {
    get { select(0, index, file: "", line: 0) }
    set { assign(newValue, at: [.position(index)]) }
  }

  /// The part that the indices name; a view unless an index is a tensor or a list.
  ///
  /// Assigning broadcasts and converts the value, changes this tensor in place and is recorded.
  /// - Gradient: that of the part, zero elsewhere; positions named several times add up.
  public final subscript(_ index: some TensorIndex, _ further: any TensorIndex...) -> Tensor {
    get { part(at: [index.indexKind] + further.map(\.indexKind)) }
    set { assign(newValue, at: [index.indexKind] + further.map(\.indexKind)) }
  }

  /// Assigns a number to every element of the part: `x[0, 1] = 2.5`, `x[mask] = 0`.
  ///
  /// Read where a number is asked for, it is the part's only element: `let first: Double? = x[0, 0]`;
  /// nil if the part has not exactly one.
  public final subscript<S: Scalar>(
    _ index: some TensorIndex, _ further: any TensorIndex...
  ) -> S? {
    get {
      let part = part(at: [index.indexKind] + further.map(\.indexKind))
      return part.numel() == 1 ? S(scalarValue: part.scalarValue) : nil
    }
    set {
      guard let newValue else { return }
      let value = newValue.scalarValue
      let dtype = dtype.isFloatingPoint || !value.isFloating ? dtype : value.weakDType
      assign(
        Tensor.full([], newValue, dtype: dtype), at: [index.indexKind] + further.map(\.indexKind))
    }
  }

  /// The only element as a number of its category.
  private final var scalarValue: ScalarValue {
    dtype.isFloatingPoint
      ? .double(item()) : dtype == .bool ? .bool(item() != 0) : .int(item(as: Int.self))
  }

  // MARK: reading

  final func part(at kinds: [IndexKind]) -> Tensor {
    guard let (view, tensors) = basicPart(kinds) else { return .poison }
    if tensors.allSatisfy({ $0 == nil }) { return view }
    return view.indexed(by: tensors)
  }

  /// Applies positions, slices and new axes; what is left are the index tensors, by dimension of the view.
  private func basicPart(_ kinds: [IndexKind]) -> (Tensor, [Tensor?])? {
    attempt(file: "", line: 0) { () throws(Misuse) in
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
          "index", ellipses > 1 ? "only one ellipsis can stand in an index" : "there are too many indices",
          got: "\(consumed) for shape \(self.shape.brackets)", try: "at most \(self.ndim)")
      }
      for kind in kinds {
        switch kind {
        case .position(let index):
          let size = view.shape[dim]
          if index < -size || index >= size {
            throw Misuse(
              "index", "index \(index) is out of range for dimension \(dim) of size \(size)",
              got: "index \(index) and shape \(self.shape.brackets)",
              try: size == 0 ? "a tensor with elements" : "an index from \(-size) to \(size - 1)")
          }
          view = view.select(dim, index)
        case .slice(let from, let to, let step):
          if step < 1 {
            throw Misuse("index", "a step must be positive", got: "step \(step)", try: "flip for the other direction")
          }
          let size = view.shape[dim]
          func bound(_ value: Int?, _ fallback: Int) -> Int {
            guard let value else { return fallback }
            return Swift.min(Swift.max(value < 0 ? value + size : value, 0), size)
          }
          let start = bound(from, 0)
          let length = (Swift.max(bound(to, size) - start, 0) + step - 1) / step
          if start != 0 || length != size || step != 1 { view = view.sliced(dim, start, length, step) }
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

  private static func isMask(_ tensor: Tensor) -> Bool {
    tensor.dtype == .bool || tensor.dtype == .uint8
  }

  /// An index tensor as int64 positions; a mask as one vector of positions for each of its dims.
  private static func positions(
    _ index: Tensor, in shape: Shape, from dim: Int
  ) throws(Misuse) -> [Tensor] {
    if index.dtype.isFloatingPoint {
      throw Misuse(
        "index", "an index tensor holds integers or bools", got: index.dtype.name, try: "to(.int64)")
    }
    if !isMask(index) { return [index.to(.int64)] }
    for i in 0..<index.ndim where index.shape[i] != shape[dim + i] {
      throw Misuse(
        "index", "the mask's size \(index.shape[i]) does not match the dimension's \(shape[dim + i])",
        got: "mask \(index.shape.brackets) for \(shape.brackets)", try: "a mask of the dimensions' sizes")
    }
    let count = index.device.backend.countNonzero(index)
    let places = Tensor(empty: [count, index.ndim], dtype: .int64)
    if count > 0 { index.device.backend.nonzero(index, into: places) }
    return (0..<index.ndim).map { places.select(1, $0) }
  }

  /// Index tensors by dimension, brought to one shape and together.
  private struct Advanced {
    /// The target's dims: indexed ones first.
    let order: [Int]
    let indices: [Tensor]
    let indexShape: Shape
    /// Where the index's dims stand in the result.
    let position: Int
  }

  private func advanced(_ tensors: [Tensor?]) throws(Misuse) -> Advanced {
    let indexed = tensors.indices.filter { tensors[$0] != nil }
    let kept = tensors.indices.filter { tensors[$0] == nil }
    var shape = Shape()
    for tensor in tensors { if let tensor { shape = try Rules.broadcast("index", shape, tensor.shape) } }
    let indices = tensors.compactMap { $0?.expanded(to: shape) }
    let isAdjacent = indexed[indexed.count - 1] - indexed[0] == indexed.count - 1
    return Advanced(
      order: indexed + kept, indices: indices, indexShape: shape, position: isAdjacent ? indexed[0] : 0)
  }

  /// The result's dims in the order of the caller: the index's dims stand first in what kernels see.
  private static func resultOrder(_ index: Advanced, dims: Int) -> [Int] {
    let n = index.indexShape.count
    var order = Array(n..<dims)
    order.insert(contentsOf: 0..<n, at: index.position)
    return order
  }

  private func indexed(by tensors: [Tensor?]) -> Tensor {
    guard let index = attempt(file: "", line: 0, { () throws(Misuse) in try self.advanced(tensors) })
    else { return .poison }
    let target = permute(index.order)
    var shape = index.indexShape
    for i in index.indices.count..<Swift.max(ndim, index.indices.count) { shape.append(target.shape[i]) }
    let values = Tensor(empty: shape, dtype: dtype)
    do throws(Misuse) {
      if shape.elementCount > 0 {
        try device.backend.indexGather(
          IndexCall(target: target, indices: index.indices, values: values, operation: "index"))
      }
    } catch {
      error.raise(file: "", line: 0)
      return .poison
    }
    if recording(target) {
      let full = target.shape
      values.record("IndexBackward0", TensorList(target), saving: TensorList(index.indices)) { step, g in
        let places = (0..<index.indices.count).map { step.saved($0) }
        step.give(0, Tensor.zeros(full, dtype: g.dtype).adding(g, at: places))
      }
    }
    return values.permute(Tensor.resultOrder(index, dims: values.ndim))
  }

  /// self (new zeros) with values added at places given by index tensors of its first dims; recorded.
  private func adding(_ values: Tensor, at places: [Tensor]) -> Tensor {
    do throws(Misuse) {
      if values.numel() > 0 {
        try device.backend.indexScatter(
          IndexCall(target: self, indices: places, values: values, operation: "index"), .add)
      }
    } catch { error.raise(file: "", line: 0) }
    if recording(values) {
      record("IndexPutBackward0", TensorList(values), saving: TensorList(places)) { step, g in
        var kinds: [Tensor?] = (0..<places.count).map { step.saved($0) }
        while kinds.count < g.ndim { kinds.append(nil) }
        step.give(0, g.indexed(by: kinds))
      }
    }
    return self
  }

  // MARK: writing

  final func assign(_ value: Tensor, at kinds: [IndexKind]) {
    guard let (view, tensors) = basicPart(kinds) else { return }
    if view === value { return }
    if tensors.allSatisfy({ $0 == nil }) {
      // `x[i] += 1` hands back the view that it has changed already.
      let isSame =
        view.storage === value.storage && view.layout.offset == value.layout.offset
        && view.layout.shape == value.layout.shape && view.layout.strides == value.layout.strides
      if !isSame { view.copy_(value.shape == view.shape ? value : value.trimmed(to: view.ndim)) }
      return
    }
    view.put(value, at: tensors)
  }

  /// Without leading dims of size 1 that a place of fewer dims has not.
  private func trimmed(to dims: Int) -> Tensor {
    var result = self
    while result.ndim > dims && result.shape[0] == 1 { result = result.squeeze(0) }
    return result
  }

  private func put(_ value: Tensor, at tensors: [Tensor?]) {
    let plan = attempt(file: "", line: 0) { () throws(Misuse) -> (Advanced, Shape) in
      let index = try self.advanced(tensors)
      try Rules.writable("index_put", self)
      var shape = index.indexShape
      for i in index.order.dropFirst(index.indices.count) { shape.append(self.shape[i]) }
      return (index, shape)
    }
    guard let (index, shape) = plan else { return }
    let order = Tensor.resultOrder(index, dims: shape.count)
    var outer = Shape()
    for d in order { outer.append(shape[d]) }
    let converted = value.to(dtype)
    guard
      let broadcast = attempt(
        file: "", line: 0,
        { () throws(Misuse) -> Tensor in
          let trimmed = converted.trimmed(to: outer.count)
          if try Rules.broadcast("index", outer, trimmed.shape) != outer {
            throw Misuse(
              "index", "the value does not broadcast to the part",
              got: "\(value.shape.brackets) into \(outer.brackets)", try: "reshape")
          }
          return trimmed.expanded(to: outer)
        })
    else { return }
    var inverse = order
    for (i, d) in order.enumerated() { inverse[d] = i }
    let values = broadcast.permute(inverse)
    let records = recording(self, value)
    let target = noGrad { permute(index.order) }
    do throws(Misuse) {
      if values.numel() > 0 {
        try device.backend.indexScatter(
          IndexCall(target: target, indices: index.indices, values: values, operation: "index"), .assign)
      }
    } catch {
      error.raise(file: "", line: 0)
      return
    }
    didChange("index_put_", "", 0)
    if records {
      var edges = EdgeList()
      edges.append(Edge(self))
      edges.append(Edge(values))
      var saved = SavedList()
      for tensor in index.indices { saved.append(tensor) }
      let kinds = tensors.map { $0 == nil }
      rebase(
        onto: RuleNode("IndexPutBackward0", output: self, edges: edges, saved: saved) { step, g in
          var place = 0
          var at: [Tensor?] = []
          for isKept in kinds {
            at.append(isKept ? nil : step.saved(place))
            if !isKept { place += 1 }
          }
          if step.needs(0) {
            let cleared = g.clone()
            cleared.put(Tensor.zeros([], dtype: g.dtype), at: at)
            step.give(0, cleared)
          }
          if step.needs(1) { step.give(1, g.indexed(by: at).permute(inverse)) }
        })
    }
  }
}
