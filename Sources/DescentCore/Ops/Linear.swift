// The affine map of layers, and its form of two inputs.

extension Tensor {
  /// Applies x Wᵀ + b along the last dimension: [..., in] gives [..., out].
  ///
  /// `weight` is [out, in], or [in] for a result without the last dimension; `bias` is [out] and is
  /// added while the product's tile is in cache.
  /// - Precondition: `linear: inner sizes 3 and 4 differ. Got [2, 3] and [5, 4]. Try …`
  /// - Gradient: g W for self, gᵀ x for weight, g summed over the leading dims for bias.
  /// - Source: torch.nn.functional.linear
  public final func linear(
    _ weight: Tensor, _ bias: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if !fitsPlainly(weight, bias) && checkLinear(weight, bias, file, line) == nil { return .poison }
    if weight.ndim == 1 { return matmul(weight, file: file, line: line) }
    let name = bias == nil ? "MmBackward0" : "AddmmBackward0"
    if ndim == 2 {
      return Tensor.product(
        self, weight, transposesB: true, bias: bias, name: name, file: file, line: line)
    }
    let rows = reshape([shape.dropLast().reduce(1, *), shape[-1]] as Shape)
    var target = shape
    target[-1] = weight.shape[0]
    return Tensor.product(
      rows, weight, transposesB: true, bias: bias, name: name, file: file, line: line
    ).viewed(
      as: target,
      bias != nil ? "ViewBackward0" : ndim == 1 ? "SqueezeBackward4" : "UnsafeViewBackward0")
  }

  /// The commonest case: matrices that fit, of one floating-point dtype. Others are looked at with care.
  @inline(__always)
  private func fitsPlainly(_ weight: Tensor, _ bias: Tensor?) -> Bool {
    guard elementType.isFloatingPoint, weight.elementType == elementType, layout.dims == 2,
      weight.layout.dims == 2, layout.shape[1] == weight.layout.shape[1]
    else { return false }
    guard let bias else { return true }
    return bias.elementType == elementType && bias.layout.dims == 1
      && bias.layout.shape[0] == weight.layout.shape[0]
  }

  @inline(never)
  private func checkLinear(
    _ weight: Tensor, _ bias: Tensor?, _ file: StaticString, _ line: UInt
  ) -> Void? {
    attempt(file: file, line: line) { () throws(Misuse) in
      if ndim == 0 || weight.ndim == 0 || weight.ndim > 2 || (weight.ndim == 1 && bias != nil) {
        throw Misuse(
          "linear",
          "the weight is a matrix [out, in] and the input has a last dimension of size in",
          got: "input \(shape.brackets) and weight \(weight.shape.brackets)",
          try: "unsqueeze or reshape")
      }
      if shape[-1] != weight.shape[-1] {
        throw Misuse(
          "linear", "the input's last size \(shape[-1]) is not the weight's \(weight.shape[-1])",
          got: "input \(shape.brackets) and weight \(weight.shape.brackets)",
          try: "a weight [out, in] with in = \(shape[-1])")
      }
      try Rules.factors("linear", self, weight)
      if let bias {
        let rows = shape.dropLast().reduce(1, *)
        try Rules.summand("linear", bias, [rows, weight.shape[0]], dtype, .int(1), .int(1))
      }
    }
  }

  /// Applies x1ᵀ W[o] x2 + b[o] for each output o: [..., in1] and [..., in2] give [..., out].
  ///
  /// - Parameters:
  ///   - weight: [out, in1, in2].
  /// - Gradient: that of the two products it is made of.
  /// - Source: torch.nn.functional.bilinear
  public final func bilinear(
    _ other: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.dims("bilinear", weight, 3, "the weight")
      let fits =
        ndim > 0 && ndim == other.ndim && shape.dropLast().elementsEqual(other.shape.dropLast())
        && shape[-1] == weight.shape[1] && other.shape[-1] == weight.shape[2]
      if !fits || bias.map({ $0.shape != [weight.shape[0]] }) ?? false {
        throw Misuse(
          "bilinear", "the sizes do not fit together",
          got: "\(shape.brackets), \(other.shape.brackets), weight \(weight.shape.brackets)",
          try: "[..., in1], [..., in2], weight [out, in1, in2], bias [out]")
      }
      try Rules.factors("bilinear", self, weight)
      try Rules.factors("bilinear", other, weight)
    }
    if checked == nil { return .poison }
    let (out, in1, in2) = (weight.shape[0], weight.shape[1], weight.shape[2])
    let rows = shape.dropLast().reduce(1, *)
    // [rows, in2] by [in2, out in1], then for each row [out, in1] by [in1].
    let mixed = Tensor.product(
      other.reshape([rows, in2] as Shape), weight.reshape([out * in1, in2] as Shape),
      transposesB: true, name: "MmBackward0", file: file, line: line
    ).reshape([rows, out, in1] as Shape)
    let product = Tensor.product(
      mixed, reshape([rows, in1, 1] as Shape), name: "BmmBackward0", file: file, line: line)
    var target = shape
    target[-1] = out
    let result = product.viewed(as: target, "ViewBackward0")
    return bias.map { result + $0 } ?? result
  }
}
