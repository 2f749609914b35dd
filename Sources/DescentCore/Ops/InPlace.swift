// In-place forms of elementwise operations: the result replaces the elements and is recorded.

extension Tensor {
  /// - Source: torch.Tensor.exp_
  @discardableResult
  public final func exp_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.expOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.sqrt_
  @discardableResult
  public final func sqrt_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sqrtOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.log_
  @discardableResult
  public final func log_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.logOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.sin_
  @discardableResult
  public final func sin_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sinOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.cos_
  @discardableResult
  public final func cos_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.cosOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.tanh_
  @discardableResult
  public final func tanh_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.tanhOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.sigmoid_
  @discardableResult
  public final func sigmoid_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.sigmoidOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.relu_
  @discardableResult
  public final func relu_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.reluOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.abs_
  @discardableResult
  public final func abs_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.absOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.neg_
  @discardableResult
  public final func neg_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Self.negOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.reciprocal_
  @discardableResult
  public final func reciprocal_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.reciprocalOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.square_
  @discardableResult
  public final func square_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.squareOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.floor_
  @discardableResult
  public final func floor_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.floorOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.ceil_
  @discardableResult
  public final func ceil_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.ceilOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.round_
  @discardableResult
  public final func round_(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    Pointwise.roundOp.applyInPlace(TensorList(self), file: file, line: line)
  }

  /// - Source: torch.Tensor.sub_
  @discardableResult
  public final func sub_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.subOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func sub_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.subScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// - Source: torch.Tensor.mul_
  @discardableResult
  public final func mul_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.mulOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func mul_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.mulScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// - Source: torch.Tensor.div_
  @discardableResult
  public final func div_(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { Self.divOp.applyInPlace(TensorList(self, other), file: file, line: line) }

  @discardableResult
  public final func div_(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Self.divScalarOp.applyInPlace(
      TensorList(self), scalars: ScalarList(other.scalarValue), file: file, line: line)
  }

  /// Limits the elements in place.
  ///
  /// - Source: torch.Tensor.clamp_
  @discardableResult
  public final func clamp_(
    min: (some Scalar)? = Optional<Double>.none, max: (some Scalar)? = Optional<Double>.none,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let inputs = TensorList(self)
    switch (min?.scalarValue, max?.scalarValue) {
    case (let low?, let high?):
      return Pointwise.clampOp.applyInPlace(
        inputs, scalars: ScalarList(low, high), file: file, line: line)
    case (let low?, nil):
      return Pointwise.clampMinOp.applyInPlace(inputs, scalars: ScalarList(low), file: file, line: line)
    case (nil, let high?):
      return Pointwise.clampMaxOp.applyInPlace(inputs, scalars: ScalarList(high), file: file, line: line)
    case (nil, nil):
      Misuse("clamp_", "neither limit is given", got: "nothing", try: "min:, max: or both").raise(
        file: file, line: line)
      return self
    }
  }
}
