// Views and in-place changes in the graph: a view knows its base, and a change of either reaches both.

extension Tensor {
  /// Counts a change in place and remembers what made it.
  @inline(__always)
  final func didChange(_ operation: @autoclosure () -> String, _ file: StaticString, _ line: UInt) {
    if flags.isUntracked { return }
    storage.version &+= 1
    if ThreadLocal.gradEnabled {
      storage.lastChange = Storage.Change(operation: operation(), file: file, line: line)
    }
    if viewBase != nil && recordedFn == nil { viewVersion = storage.version }
  }

  /// Makes `node` (whose input 0 is this tensor's old value) the origin of this tensor's new value.
  final func rebase(onto node: Node) {
    flags.requiresGrad = false
    guard let base = viewBase else {
      recordedFn = node
      outputIndex = 0
      return
    }
    let copy = CopySlicesNode(inner: node, view: layout, base: base)
    base.recordedFn = copy
    base.outputIndex = 0
    base.flags.requiresGrad = false
    recordedFn = AsStridedNode(view: self, base: base)
    outputIndex = 0
    viewVersion = storage.version
  }

  /// A view of this tensor's storage, recorded under `name` with a rule that is only made if it is.
  @inline(__always)
  final func makeView(
    _ layout: Layout, _ name: @autoclosure () -> String, rule: @autoclosure () -> RuleNode.Rule
  ) -> Tensor {
    let view = makeView(layout)
    if requiresGrad && view.viewBase != nil { view.record(name(), TensorList(self), rule: rule()) }
    return view
  }

  /// A view of this tensor's storage that is not recorded, but knows its base while gradients are.
  @inline(__always)
  final func makeView(_ layout: Layout) -> Tensor {
    let view = Tensor(storage: storage, layout: layout, dtype: elementType)
    view.flags.isUntracked = flags.isUntracked
    if ThreadLocal.gradEnabled && elementType.isFloatingPoint {
      view.viewBase = viewBase ?? self
      view.viewVersion = storage.version
      view.flags.isOneOfSeveral = flags.isOneOfSeveral
    }
    return view
  }
}

extension Tensor {
  /// Several views of this tensor's storage made by one operation. None may be changed in place while
  /// gradients are recorded: the others would share its node.
  final func makeViews(
    _ layouts: [Layout], _ name: String, _ file: StaticString, _ line: UInt,
    rule: @escaping MultiRuleNode.Rule
  ) -> [Tensor] {
    let views = layouts.map { makeView($0) }
    if recording(self) && dtype.isFloatingPoint && !views.isEmpty {
      Tensor.record(name, outputs: views, [self], file: file, line: line, rule: rule)
      for view in views { view.flags.isOneOfSeveral = true }
    }
    return views
  }
}

/// The gradient of a view seen from its base, after the base was changed in place.
final class AsStridedNode: Node {
  private let view: Layout
  private let baseLayout: Layout

  init(view: Tensor, base: Tensor) {
    self.view = view.layout
    baseLayout = base.layout
    super.init("AsStridedBackward0", output: view)
    edges.append(Edge(base))
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) {
    step.give(0, Tensor.scatteredBack(gradient, view, baseLayout))
  }
}

/// The gradient of a base of which a view was changed in place: the changed part goes through the
/// operation, the rest passes.
final class CopySlicesNode: Node {
  private let inner: Node
  private let view: Layout
  private let baseLayout: Layout

  init(inner: Node, view: Layout, base: Tensor) {
    self.inner = inner
    self.view = view
    baseLayout = base.layout
    super.init("CopySlices", output: base)
    edges.append(Edge(base))
    for i in 1..<max(inner.edges.count, 1) { edges.append(inner.edges[i]) }
  }

  override func backward(_ step: BackwardStep, _ gradient: Tensor) {
    let slice = view.relative(to: baseLayout)
    let whole = Tensor.zeros(baseLayout, dtype: gradient.dtype)
    let passed = whole.addingSlice(
      gradient,
      Layout(
        shape: baseLayout.shape, strides: baseLayout.strides, offset: 0))
    let part = passed.asStrided(slice.shape, slice.strides, offset: slice.offset).clone()
    var replaced: Tensor?
    var innerStep = BackwardStep(node: inner, engine: step.engine)
    innerStep.catchFirst = { replaced = $0 }
    inner.backward(innerStep, part)
    guard step.needs(0) else { return }
    var filling = replaced ?? Tensor.zeros(slice.shape, dtype: gradient.dtype)
    if filling.shape != slice.shape { filling = filling.sumToSize(slice.shape) }
    step.give(0, passed.replacingSlice(filling, slice))
  }

  override func release() {
    super.release()
    inner.release()
  }
}

extension Layout {
  /// The same places counted from the base's first element.
  func relative(to base: Layout) -> Layout {
    Layout(shape: shape, strides: strides, offset: offset - base.offset)
  }
}

extension Tensor {
  /// self with `values` added at the places of `slice`; recorded if gradients of gradients are wanted.
  final func addingSlice(_ values: Tensor, _ slice: Layout) -> Tensor {
    let part = asStrided(slice.shape, slice.strides, offset: slice.offset)
    part.copy_(part + values)
    return self
  }

  /// A copy of self with `values` at the places of `slice`.
  final func replacingSlice(_ values: Tensor, _ slice: Layout) -> Tensor {
    let copy = Tensor.zeros(layout, dtype: dtype)
    copy.copy_(self)
    copy.asStrided(slice.shape, slice.strides, offset: slice.offset).copy_(values)
    return copy
  }

  /// Zeros laid out as `layout`, from the start of their own storage.
  static func zeros(_ layout: Layout, dtype: DType) -> Tensor {
    if layout.isContiguous { return zeros(layout.shape, dtype: dtype) }
    let size = layout.extent.upperBound - layout.offset
    let flat = zeros([size], dtype: dtype)
    return Tensor(
      storage: flat.storage,
      layout: Layout(shape: layout.shape, strides: layout.strides, offset: 0),
      dtype: dtype)
  }

  /// self += other where nothing records: how the engine adds gradients.
  final func accumulateInPlace(_ other: Tensor) {
    if elementType != other.elementType || layout.shape != other.layout.shape
      || !layout.isContiguous
      || !other.layout.isContiguous
    {
      noGrad { _ = add_(other) }
      return
    }
    do throws(Misuse) {
      try device.backend.pointwise(
        FlatCall(
          program: Tensor.addOp.program, dtype: elementType, first: .passUnretained(self),
          second: .passUnretained(other), scalars: ScalarList(), output: .passUnretained(self)))
    } catch { error.raise(file: "", line: 0) }
    storage.version &+= 1
  }
}
