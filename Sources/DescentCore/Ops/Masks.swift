// Choosing elements by a condition.

extension Pointwise {
  /// Zero where the mask is false.
  static let keptOp = Pointwise(
    "masked_fill", result: .promoted, inputs: 2, masks: [1], scalars: 0
  ) { x, _ in select(x[1], x[0], 0) }
  static let maskedFillOp = Pointwise(
    "masked_fill", result: .promoted, inputs: 2, masks: [1], scalars: 1
  ) { x, s in select(x[1], s[0], x[0]) }
  static let maskedFillTensorOp = Pointwise(
    "masked_fill", result: .promoted, inputs: 3, masks: [1], scalars: 0,
    node: "MaskedFillBackward1"
  ) { x, _ in select(x[1], x[2], x[0]) }
  /// Zero where the mask is true.
  static let clearedOp = Pointwise(
    "masked_fill", result: .promoted, inputs: 2, masks: [1], scalars: 0
  ) { x, _ in select(x[1], 0, x[0]) }
}

extension Tensor {
  /// A copy with a number where the mask is true. Mask and tensor broadcast; the dtype stays.
  ///
  /// - Gradient: g, zero where the mask is true.
  /// - Source: torch.masked_fill
  public final func maskedFill(
    _ mask: Tensor, _ value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let number = filling("maskedFill", mask, value.scalarValue, file, line) else {
      return .poison
    }
    return Pointwise.maskedFillOp.apply(
      TensorList(self, mask), scalars: ScalarList(number), file: file, line: line)
  }

  /// A copy with the value of a 0-d tensor where the mask is true.
  ///
  /// - Gradient: g without these places for self, the sum of g over them for the value.
  /// - Source: torch.masked_fill
  public final func maskedFill(
    _ mask: Tensor, _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let value = filling("maskedFill", mask, value, file, line) else { return .poison }
    return Pointwise.maskedFillTensorOp.apply(
      TensorList(self, mask, value), file: file, line: line)
  }

  /// Writes a number where the mask is true. The mask broadcasts.
  ///
  /// - Source: torch.Tensor.masked_fill_
  @discardableResult
  public final func maskedFill_(
    _ mask: Tensor, _ value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let number = filling("maskedFill_", mask, value.scalarValue, file, line) else {
      return self
    }
    return Pointwise.maskedFillOp.applyInPlace(
      TensorList(self, mask), scalars: ScalarList(number), file: file, line: line)
  }

  /// Writes the value of a 0-d tensor where the mask is true.
  ///
  /// - Source: torch.Tensor.masked_fill_
  @discardableResult
  public final func maskedFill_(
    _ mask: Tensor, _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let value = filling("maskedFill_", mask, value, file, line) else { return self }
    // Its memory may be among what is written.
    let own = value.storage === storage ? value.clone() : value
    return Pointwise.maskedFillTensorOp.applyInPlace(
      TensorList(self, mask, own), file: file, line: line)
  }

  /// The number as one of this tensor's dtype, after the checks.
  private func filling(
    _ operation: String, _ mask: Tensor, _ value: ScalarValue, _ file: StaticString, _ line: UInt
  ) -> ScalarValue? {
    attempt(file: file, line: line) { () throws(Misuse) -> ScalarValue in
      try Rules.mask(operation, mask)
      try Rules.representable(operation, value, self.dtype)
      if self.dtype == .bool { return .bool(value.double != 0) }
      if self.dtype.isInteger { return .int(value.int ?? 0) }
      return value
    }
  }

  private func filling(
    _ operation: String, _ mask: Tensor, _ value: Tensor, _ file: StaticString, _ line: UInt
  ) -> Tensor? {
    attempt(file: file, line: line) { () throws(Misuse) -> Tensor in
      try Rules.mask(operation, mask)
      if value.ndim != 0 {
        throw Misuse(
          operation, "the value is not a 0-d tensor", got: value.shape.brackets,
          try: "where, or maskedScatter")
      }
      return value.to(self.dtype)
    }
  }

  /// The elements where the mask is true, in row-major order, as a vector. Mask and tensor broadcast.
  ///
  /// - Gradient: at these places, zero elsewhere.
  /// - Source: torch.masked_select
  public final func maskedSelect(
    _ mask: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let common = maskShape("maskedSelect", mask, file, line) else { return .poison }
    let wide = mask.expanded(to: common)
    let output = Tensor(empty: [device.backend.countNonzero(wide)], dtype: dtype)
    if output.numel() > 0 {
      let tensor = noGrad { expanded(to: common) }
      device.backend.maskedSelect(
        MaskedCall(tensor: tensor.atLeastOneDim, mask: wide.atLeastOneDim, elements: output))
    }
    if recording(self) {
      output.record(
        "MaskedSelectBackward0", TensorList(self), saving: TensorList(wide), file: file, line: line
      ) { step, g in
        step.give(0, Tensor.zeros(common, dtype: g.dtype).maskedScatter(step.saved(0), g))
      }
    }
    return output
  }

  /// A copy with the next element of `source` at each place where the mask is true.
  ///
  /// - Precondition: the source has enough elements, of the same dtype.
  /// - Gradient: g elsewhere for self, g at these places in order for the source.
  /// - Source: torch.masked_scatter
  public final func maskedScatter(
    _ mask: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let common = maskShape("maskedScatter", mask, file, line) else { return .poison }
    return expanded(to: common).fillingMask(mask, source, inPlace: false, file, line)
  }

  /// Writes the next element of `source` to each place where the mask is true.
  ///
  /// - Source: torch.Tensor.masked_scatter_
  @discardableResult
  public final func maskedScatter_(
    _ mask: Tensor, _ source: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    guard let common = maskShape("maskedScatter_", mask, file, line) else { return self }
    if common != shape {
      Misuse(
        "maskedScatter_", "the mask is larger than the tensor",
        got: "\(mask.shape.brackets) for \(shape.brackets)", try: "maskedScatter"
      ).raise(file: file, line: line)
      return self
    }
    return fillingMask(mask, source, inPlace: true, file, line)
  }

  private func fillingMask(
    _ mask: Tensor, _ source: Tensor, inPlace: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let wide = mask.expanded(to: shape)
    let count = device.backend.countNonzero(wide)
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if source.dtype != self.dtype || source.numel() < count {
        throw Misuse(
          "maskedScatter", "\(count) elements of the tensor's dtype are needed",
          got: "\(source.dtype.name) \(source.shape.brackets)", try: "to(.\(self.dtype.name))")
      }
    }
    if checked == nil { return inPlace ? self : .poison }
    let sourceShape = source.shape
    return written(
      "maskedScatter", node: "MaskedScatterBackward0", inPlace: inPlace, with: TensorList(source),
      saving: TensorList(wide), mayOverlap: true, file: file,
      line: line
    ) { step, g in
      let mask = step.saved(0)
      if step.needs(0) { step.give(0, Pointwise.clearedOp(g, mask)) }
      if step.needs(1) {
        step.give(
          1, g.maskedSelect(mask).filled(to: [sourceShape.elementCount]).reshape(sourceShape))
      }
    } write: { target throws(Misuse) in
      if count == 0 { return }
      let values = noGrad {
        source.storage === target.storage
          ? source.clone(memoryFormat: .contiguous) : source.contiguous()
      }
      target.device.backend.maskedScatter(
        MaskedCall(tensor: target.atLeastOneDim, mask: wide.atLeastOneDim, elements: values))
    }
  }

  private func maskShape(
    _ operation: String, _ mask: Tensor, _ file: StaticString, _ line: UInt
  ) -> Shape? {
    attempt(file: file, line: line) { () throws(Misuse) -> Shape in
      try Rules.mask(operation, mask)
      return try Rules.broadcast(operation, self.shape, mask.shape)
    }
  }

  /// Coordinates of the elements that are not 0, a row each: [count, ndim] of int64.
  ///
  /// - Source: torch.nonzero
  public final func nonzero() -> Tensor {
    let count = device.backend.countNonzero(self)
    let output = Tensor(empty: [count, ndim], dtype: .int64)
    if output.numel() > 0 { device.backend.nonzero(self, into: output) }
    return output
  }

  /// Coordinates of the elements that are not 0, a vector for each dimension: an index for `x[…]`.
  ///
  /// A 0-d tensor counts as a vector.
  /// - Source: torch.nonzero(as_tuple=True)
  public final func nonzeroAsTuple() -> [Tensor] {
    let places = atLeastOneDim.nonzero()
    return (0..<Swift.max(ndim, 1)).map { places.select(1, $0) }
  }

  /// Coordinates of the elements that are not 0.
  ///
  /// - Source: torch.argwhere
  public final func argwhere() -> Tensor { nonzero() }

  // MARK: membership

  /// Whether each element is one of `testElements`; of the elements' shape. NaN is in nothing.
  ///
  /// - Source: torch.isin
  public static func isin(
    _ elements: Tensor, _ testElements: Tensor, assumeUnique: Bool = false, invert: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    var type = ResultType()
    type.add(elements.dtype, dims: elements.ndim)
    type.add(testElements.dtype, dims: testElements.ndim)
    return noGrad {
      let test = testElements.to(type.dtype).ravel()
      if test.numel() == 0 { return full(elements.shape, invert) }
      let sorted = Tensor(empty: test.shape, dtype: type.dtype)
      test.device.backend.sort(
        SortCall(descending: false, input: test, dim: 0, values: sorted, indices: nil))
      let flat = elements.to(type.dtype).ravel()
      let found: Tensor
      do throws(Misuse) {
        let places = try sorted.insertionPoints(of: flat, right: false)
        found = sorted.gather(0, places.clamp(max: test.numel() - 1))
      } catch {
        error.raise(file: file, line: line)
        return .poison
      }
      return (invert ? found .!= flat : found .== flat).reshape(elements.shape)
    }
  }

  public static func isin(
    _ elements: Tensor, _ testElement: some Scalar, assumeUnique: Bool = false,
    invert: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let test = full([], testElement)
    return isin(elements, test, invert: invert, file: file, line: line)
  }

  public static func isin(
    _ element: some Scalar, _ testElements: Tensor, assumeUnique: Bool = false,
    invert: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { isin(full([], element), testElements, invert: invert, file: file, line: line) }
}

extension Rules {
  static func mask(_ operation: String, _ mask: Tensor) throws(Misuse) {
    if mask.dtype != .bool {
      throw Misuse(
        operation, "the mask must be bool", got: mask.dtype.name, try: "a comparison, or bool()")
    }
  }
}
