// Changes of shape in place: the tensor becomes its own view.

extension Tensor {
  /// Drops dimensions of size 1 of this very tensor: all, or those given.
  ///
  /// - Source: torch.Tensor.squeeze_
  @discardableResult
  public final func squeeze_(
    _ dims: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    become("squeeze", file, line) {
      dims.isEmpty ? $0.squeeze() : $0.squeeze(dims, file: file, line: line)
    }
  }

  /// Inserts a dimension of size 1 into this very tensor.
  ///
  /// - Source: torch.Tensor.unsqueeze_
  @discardableResult
  public final func unsqueeze_(
    _ dim: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { become("unsqueeze", file, line) { $0.unsqueeze(dim, file: file, line: line) } }

  /// Transposes this very matrix, without moving elements.
  ///
  /// - Source: torch.Tensor.t_
  @discardableResult
  public final func t_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    become("t", file, line) { $0.t(file: file, line: line) }
  }

  /// Exchanges two dimensions of this very tensor, without moving elements.
  ///
  /// - Source: torch.Tensor.transpose_
  @discardableResult
  public final func transpose_(
    _ a: Int, _ b: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { become("transpose", file, line) { $0.transpose(a, b, file: file, line: line) } }

  /// Takes over the layout and the history of a view of itself.
  private func become(
    _ operation: String, _ file: StaticString, _ line: UInt, _ view: (Tensor) -> Tensor
  ) -> Tensor {
    let leaf = viewBase ?? self
    if ThreadLocal.gradEnabled && leaf.isLeaf && leaf.requiresGrad {
      Misuse(
        "\(operation)_", "a leaf that requires gradients is changed in place",
        got: "a leaf or its view",
        try: "\(operation) without the underscore"
      ).raise(file: file, line: line)
      return self
    }
    let made = view(self)
    if made.storage !== storage { return self }
    layout = made.layout
    if let node = made.recordedFn {
      recordedFn = node
      outputIndex = 0
    }
    didChange("\(operation)_", file, line)
    viewVersion = storage.version
    return self
  }
}
