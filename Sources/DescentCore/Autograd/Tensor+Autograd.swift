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
      from: self, seed, retainGraph: retainGraph ?? createGraph, createGraph: createGraph,
      site: CallSite(file: file, line: line))
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
}
