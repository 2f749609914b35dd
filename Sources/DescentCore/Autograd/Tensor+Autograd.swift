extension Tensor {
  /// Whether gradients flow to or through this tensor.
  ///
  /// Setting it is allowed on leaves of floating-point dtype.
  /// - Precondition: `requiresGrad: only floating-point tensors can require gradients. Got int64. …`
  @inline(__always)
  public final var requiresGrad: Bool {
    get { flags.requiresGrad || recordedFn != nil || (viewBase != nil && gradFn != nil) }
    set { setRequiresGrad(newValue, file: "", line: 0) }
  }

  /// Sets `requiresGrad` and returns the tensor: `torch.Tensor.requires_grad_`.
  @discardableResult
  public final func requiresGrad_(
    _ requires: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    setRequiresGrad(requires, file: file, line: line)
    return self
  }

  private func setRequiresGrad(_ requires: Bool, file: StaticString, line: UInt) {
    if requires && !dtype.isFloatingPoint {
      Misuse(
        "requiresGrad", "only floating-point tensors can require gradients", got: dtype.name,
        try: "to(.float32) first"
      ).raise(file: file, line: line)
      return
    }
    if !requires && !isLeaf {
      Misuse(
        "requiresGrad", "only leaves can stop requiring gradients",
        got: "the result of \(gradFn?.name ?? "an operation")", try: "detach()"
      ).raise(file: file, line: line)
      return
    }
    flags.requiresGrad = requires && isLeaf
  }

  /// Whether no recorded operation made this tensor.
  public final var isLeaf: Bool { gradFn == nil }

  /// The recorded operation that made this tensor; nil for leaves.
  ///
  /// A view whose base was changed in place since gets a new one.
  @inline(__always)
  public final var gradFn: Node? {
    if viewBase == nil || viewVersion == storage.version { return recordedFn }
    return refreshedFn()
  }

  @inline(never)
  private func refreshedFn() -> Node? {
    guard let base = viewBase else { return recordedFn }
    viewVersion = storage.version
    if flags.isOneOfSeveral && base.requiresGrad {
      Misuse(
        "backward",
        "a view made together with others is used after their base was changed in place",
        got: "one of the results of \(recordedFn?.name ?? "split")",
        try: "narrow or select for the one part, or the operation without the underscore"
      ).raise(file: storage.lastChange?.file ?? "", line: storage.lastChange?.line ?? 0)
      return recordedFn
    }
    guard base.recordedFn != nil else { return recordedFn }
    recordedFn = AsStridedNode(view: self, base: base)
    outputIndex = 0
    return recordedFn
  }

  /// The accumulated gradient of a leaf (or of a tensor that retains it); nil before the first backward.
  public final var grad: Tensor? {
    get { storedGrad }
    set {
      if let newValue, newValue.shape != shape {
        Misuse(
          "grad", "a gradient has the shape of its tensor",
          got: "\(newValue.shape.brackets) for \(shape.brackets)", try: "reshape"
        ).raise(file: "", line: 0)
        return
      }
      storedGrad = newValue
    }
  }

  /// Computes the gradients of this tensor for all leaves that require them, and adds them to their
  /// `grad`.
  ///
  /// - Parameters:
  ///   - gradient: that of the objective for this tensor (the vector of the vector-Jacobian product);
  ///     may be left out for a tensor of one element, where it is 1.
  ///   - retainGraph: keep what the graph saved, for another backward; default as `createGraph`.
  ///   - createGraph: record the backward itself, for gradients of gradients.
  /// - Precondition: `backward: a gradient can be left out only for a scalar. Got [3]. Try …`
  /// - Source: torch.Tensor.backward
  public final func backward(
    _ gradient: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    guard
      let seed = attempt(
        file: file, line: line,
        { () throws(Misuse) in
          try Tensor.seed("backward", self, gradient)
        })
    else { return }
    Engine.run(
      from: self, seed, retainGraph: retainGraph ?? createGraph, createGraph: createGraph)
  }

  /// The gradient to start with: the given one, or 1 for a single element.
  static func seed(_ operation: String, _ tensor: Tensor, _ gradient: Tensor?) throws(Misuse)
    -> Tensor
  {
    if !tensor.requiresGrad {
      throw Misuse(
        operation, "the tensor does not require gradients and has no gradFn",
        got: "\(tensor.dtype.name) \(tensor.shape.brackets)",
        try: "requiresGrad: true on the tensors to differentiate for, outside noGrad")
    }
    if let gradient {
      if gradient.shape != tensor.shape {
        throw Misuse(
          operation, "the gradient has another shape than the tensor",
          got: "gradient \(gradient.shape.brackets) for \(tensor.shape.brackets)",
          try: "a gradient of shape \(tensor.shape.brackets)")
      }
      return gradient
    }
    if tensor.numel() != 1 {
      throw Misuse(
        operation, "a gradient can be left out only for a scalar", got: tensor.shape.brackets,
        try: "sum() or mean() first, or backward(gradient)")
    }
    return Tensor.ones(tensor.shape, dtype: tensor.dtype)
  }

  /// Keeps the gradient of a tensor that is no leaf in its `grad`.
  ///
  /// - Source: torch.Tensor.retain_grad
  public final func retainGrad() {
    guard let node = gradFn, !flags.retainsGrad else { return }
    flags.retainsGrad = true
    node.addHook(output: Int(outputIndex)) { [weak self] gradient in
      if let self {
        self.storedGrad = self.storedGrad.map { $0 + gradient } ?? gradient
      }
      return nil
    }
  }

  /// A tensor on the same storage that no gradient flows through; changes in place are noticed by both.
  ///
  /// - Source: torch.Tensor.detach
  public final func detach() -> Tensor { alias() }

  /// Cuts this tensor from the graph that made it: it becomes a leaf.
  @discardableResult
  public final func detach_() -> Self {
    recordedFn = nil
    viewBase = nil
    outputIndex = 0
    flags.requiresGrad = false
    return self
  }

  /// The tensor without its history: changes through it are not seen by autograd.
  ///
  /// Setting it gives this tensor another storage, as PyTorch's `x.data = y`.
  /// Prefer `detach()`, or `noGrad { }` for updates.
  public final var data: Tensor {
    get {
      let result = alias()
      result.flags.isUntracked = true
      return result
    }
    set {
      if newValue === self
        || newValue.storage === storage && newValue.layout.offset == layout.offset
      {
        return
      }
      storage = newValue.storage
      layout = newValue.layout
      elementType = newValue.elementType
    }
  }

  /// Counts a change in place and remembers what made it.
  @inline(__always)
  final func didChange(_ operation: @autoclosure () -> String, _ file: StaticString, _ line: UInt) {
    if flags.isUntracked { return }
    storage.version &+= 1
    if ThreadState.current.gradEnabled {
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

  /// A view of this tensor's storage, recorded under `name`.
  @inline(__always)
  final func makeView(
    _ layout: Layout, _ name: @autoclosure () -> String, rule: RuleNode.Rule?
  ) -> Tensor {
    let view = Tensor(storage: storage, layout: layout, dtype: dtype)
    view.flags.isUntracked = flags.isUntracked
    let thread = ThreadState.current
    if thread.gradEnabled && dtype.isFloatingPoint {
      view.viewBase = viewBase ?? self
      view.viewVersion = storage.version
      if let rule, requiresGrad { view.record(name(), TensorList(self), rule: rule) }
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
    let views = layouts.map { makeView($0, name, rule: nil) }
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
