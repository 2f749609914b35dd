// Losses of distances and margins.

extension Pointwise {
  /// max(0, margin - t (a - b)).
  static let marginRanking = Pointwise(
    "margin_ranking_loss", result: .promoted, inputs: 3, scalars: 1
  ) { x, s in
    let z = s[0] - x[2] * (x[0] - x[1])
    return select(z .< 0, 0, z)
  }
  /// 1 - c where the target is 1, max(0, c - margin) where it is -1.
  static let cosineMargin = Pointwise(
    "cosine_embedding_loss", result: .promoted, inputs: 2, scalars: 1
  ) { x, s in
    let z = x[0] - s[0]
    return select(x[1] .== 1, 1 - x[0], 0) + select(x[1] .== -1, select(z .< 0, 0, z), 0)
  }
  /// max(0, margin + a - b).
  static let tripletMargin = Pointwise(
    "triplet_margin_loss", result: .promoted, inputs: 2, scalars: 1
  ) { x, s in
    let z = s[0] + x[0] - x[1]
    return select(z .< 0, 0, z)
  }
  /// max(0, margin - y + x), or its square, 0 where the mask of the target's own class holds.
  static let multiMargin = Pointwise("multi_margin_loss", inputs: 3, masks: [2], scalars: 1) {
    x, s in
    let z = s[0] - x[1] + x[0]
    return select(x[2] | (z .<= 0), 0, z)
  }
  static let multiMarginSquared = Pointwise(
    "multi_margin_loss", inputs: 3, masks: [2], scalars: 1
  ) { x, s in
    let z = s[0] - x[1] + x[0]
    return select(x[2] | (z .<= 0), 0, z * z)
  }
  static let sumOfSquares = Pointwise("pairwise_distance", inputs: 2, scalars: 1) { x, s in
    square(x[0] - x[1] + s[0])
  }
  /// The root, with gradient 0 at 0.
  static let distanceRoot = Pointwise(
    "pairwise_distance", inputs: 1, scalars: 0,
    gradient: { x, _, g in
      let isZero = x[0] .== 0
      return [select(isZero, 0, 0.5 * g / sqrt(select(isZero, 1, x[0])))]
    }
  ) { x, _ in sqrt(x[0]) }
}

extension Tensor {
  /// The p-norm of self - other + eps along the last dimension.
  ///
  /// - Gradient: 0 where the distance is 0.
  /// - Source: torch.nn.functional.pairwise_distance
  public final func pairwiseDistance(
    _ other: Tensor, p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if p == 2 {
      let squares = Pointwise.sumOfSquares.apply(
        TensorList(self, other), scalars: ScalarList(.double(eps)), file: file, line: line)
      return Pointwise.distanceRoot.unary(squares.sum(dim: -1, keepDim: keepDim))
    }
    let z = (Tensor.subOp.apply(TensorList(self, other), file: file, line: line) + eps).abs()
    if p == .infinity { return z.amax(dim: [-1], keepDim: keepDim) }
    if p == -.infinity { return z.amin(dim: [-1], keepDim: keepDim) }
    if p == 0 { return (z .!= 0).to(z.dtype).sum(dim: -1, keepDim: keepDim) }
    if p == 1 { return z.sum(dim: -1, keepDim: keepDim) }
    return z.pow(p).sum(dim: -1, keepDim: keepDim).pow(1 / p)
  }

  /// The cosine of the angle between vectors along `dim`; operands broadcast.
  ///
  /// self · other / (max(|self|, eps) max(|other|, eps)).
  /// - Source: torch.nn.functional.cosine_similarity
  public final func cosineSimilarity(
    _ other: Tensor, dim: Int = 1, eps: Double = 1e-8, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let common = attempt(file: file, line: line) { () throws(Misuse) -> (Shape, Int) in
      let shape = try Rules.broadcast("cosineSimilarity", self.shape, other.shape)
      try Rules.floating("cosineSimilarity", self.dtype)
      try Rules.floating("cosineSimilarity", other.dtype)
      return (shape, try Rules.dim("cosineSimilarity", dim, of: shape))
    }
    guard let (shape, d) = common else { return .poison }
    let a = expanded(to: shape)
    let b = other.expanded(to: shape)
    // Each operand is scaled to length 1 on its own, so that no product overflows.
    func scaled(_ x: Tensor) -> Tensor {
      x / Pointwise.distanceRoot.unary(x.square().sum(dim: d, keepDim: true)).clamp(min: eps)
    }
    return (scaled(a) * scaled(b)).sum(dim: d)
  }

  /// max(0, margin - target (self - other)): target 1 asks for a larger self, -1 for a smaller one.
  ///
  /// - Source: torch.nn.functional.margin_ranking_loss
  public final func marginRankingLoss(
    _ other: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if ndim != other.ndim || ndim != target.ndim {
      Misuse(
        "marginRankingLoss", "inputs and target have different numbers of dimensions",
        got: "\(shape.brackets), \(other.shape.brackets) and \(target.shape.brackets)",
        try: "one number of dimensions"
      ).raise(file: file, line: line)
      return .poison
    }
    return Pointwise.marginRanking.loss(
      TensorList(self, other, target), scalars: ScalarList(.double(margin)), reduction, file: file,
      line: line)
  }

  /// 1 - cos(self, other) where the target is 1, max(0, cos - margin) where it is -1.
  ///
  /// - Parameter target: [N] for inputs [N, D], 0-d for inputs [D].
  /// - Source: torch.nn.functional.cosine_embedding_loss
  public final func cosineEmbeddingLoss(
    _ other: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if target.ndim > 1 || ndim != target.ndim + 1 || other.ndim != ndim {
      Misuse(
        "cosineEmbeddingLoss", "the target has one number for each pair of vectors",
        got: "\(shape.brackets), \(other.shape.brackets) and target \(target.shape.brackets)",
        try: "[N, D], [N, D] and [N], or [D], [D] and a 0-d target"
      ).raise(file: file, line: line)
      return .poison
    }
    let products = mul(other, file: file, line: line).sum(dim: -1)
    let squares = (square().sum(dim: -1) + 1e-12) * (other.square().sum(dim: -1) + 1e-12)
    return Pointwise.cosineMargin.loss(
      TensorList(products / squares.sqrt(), target), scalars: ScalarList(.double(margin)),
      reduction,
      file: file, line: line)
  }

  /// max(0, margin + |anchor - positive| - |anchor - negative|) of anchors self.
  ///
  /// - Parameters:
  ///   - p: the norm of the distances, along the last dimension.
  ///   - swap: take the distance of positive and negative if it is smaller than the anchor's.
  /// - Source: torch.nn.functional.triplet_margin_loss; Balntas et al. 2016
  public final func tripletMarginLoss(
    _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2, eps: Double = 1e-6,
    swap: Bool = false, reduction: LossReduction = .mean, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    tripletMarginLoss(
      positive, negative, margin: margin, swap: swap, reduction: reduction, file: file, line: line
    ) { $0.pairwiseDistance($1, p: p, eps: eps, file: file, line: line) }
  }

  /// The triplet loss with a distance of one's own.
  ///
  /// - Source: torch.nn.functional.triplet_margin_with_distance_loss
  public final func tripletMarginLoss(
    _ positive: Tensor, _ negative: Tensor, margin: Double = 1, swap: Bool = false,
    reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line,
    distance: (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    if !(margin > 0) || ndim != positive.ndim || ndim != negative.ndim {
      Misuse(
        "tripletMarginLoss",
        margin > 0 ? "the tensors have different numbers of dimensions" : "margin is not positive",
        got: "margin \(margin), \(shape.brackets), \(positive.shape.brackets) and "
          + negative.shape.brackets, try: "a positive margin and one number of dimensions"
      ).raise(file: file, line: line)
      return .poison
    }
    let near = distance(self, positive)
    var far = distance(self, negative)
    if swap { far = far.minimum(distance(positive, negative)) }
    return Pointwise.tripletMargin.loss(
      TensorList(near, far), scalars: ScalarList(.double(margin)), reduction, file: file, line: line
    )
  }

  /// The mean over classes j other than the target y of max(0, margin - self[y] + self[j])^p.
  ///
  /// - Parameters:
  ///   - target: class indices [N] for inputs [N, C], or one for [C].
  ///   - p: 1 or 2.
  ///   - weight: one factor a class, that of the target counts.
  /// - Source: torch.nn.functional.multi_margin_loss; Crammer and Singer 2001
  public final func multiMarginLoss(
    _ target: Tensor, p: Int = 1, margin: Double = 1, weight: Tensor? = nil,
    reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked = attempt(file: file, line: line) {
      () throws(Misuse) -> (rows: Int, classes: Int) in
      try Rules.floating("multiMarginLoss", self.dtype)
      let rows = ndim < 2 ? 1 : shape[0]
      let classes = ndim == 0 ? 1 : shape[-1]
      if ndim > 2 || classes == 0 || target.ndim > 1 || target.numel() != rows
        || target.dtype.isFloatingPoint
      {
        throw Misuse(
          "multiMarginLoss", "input and target do not fit together",
          got: "input \(shape.brackets), target \(target.dtype.name) \(target.shape.brackets)",
          try: "[N, C] with int64 class indices [N]")
      }
      if p != 1 && p != 2 {
        throw Misuse("multiMarginLoss", "p is 1 or 2", got: "\(p)", try: "p: 1")
      }
      if let weight, weight.shape != [classes] {
        throw Misuse(
          "multiMarginLoss", "weight has one number a class", got: weight.shape.brackets,
          try: "a weight of shape [\(classes)]")
      }
      return (rows, classes)
    }
    guard let (rows, classes) = checked else { return .poison }
    let input = reshape([rows, classes])
    let index = target.reshape([rows, 1])
    let own = input.gather(1, index, file: file, line: line)
    let isOwn = Tensor.arange(classes) .== index
    let operation = p == 1 ? Pointwise.multiMargin : Pointwise.multiMarginSquared
    let operands = TensorList(input, own, isOwn)
    let scalars = ScalarList(.double(margin))
    if weight == nil && reduction != .none {
      let divisor = reduction == .sum ? Double(classes) : Double(rows * classes)
      return operation.loss(
        operands, scalars: scalars, .sum, divisor: divisor, file: file, line: line)
    }
    var losses = operation.apply(operands, scalars: scalars, file: file, line: line).sum(dim: 1)
    if let weight { losses = losses * weight.indexSelect(0, index.reshape(-1)) }
    losses = losses / classes
    return ndim < 2 ? losses.reshape([]) : losses.reduced(reduction)
  }

  /// Sum over the target's classes y and all other classes j of max(0, 1 - (self[y] - self[j])),
  /// divided by the number of classes.
  ///
  /// - Parameter target: of the input's shape [N, C] or [C]: class indices, ended by the first -1.
  /// - Source: torch.nn.functional.multilabel_margin_loss
  public final func multilabelMarginLoss(
    _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.floating("multilabelMarginLoss", self.dtype)
      if ndim > 2 || numel() == 0 || target.shape != shape || target.dtype.isFloatingPoint {
        throw Misuse(
          "multilabelMarginLoss", "the target lists class indices in the input's shape",
          got: "input \(shape.brackets), target \(target.dtype.name) \(target.shape.brackets)",
          try: "an int64 target, -1 after the last class")
      }
    }
    if checked == nil { return .poison }
    let classes = ndim == 0 ? 1 : shape[-1]
    let input = reshape([-1, classes])
    let labels = target.reshape([-1, classes])
    // A label counts if no -1 stands at or before it.
    let counts = (labels .< 0).to(.int64).cumsum(dim: 1) .== 0
    let safe = Tensor.where(counts, labels, 0)
    let isTarget = Tensor.where(
      counts.unsqueeze(2), safe.unsqueeze(2) .== Tensor.arange(classes), false
    )
    .any(dim: 1)
    let own = input.gather(1, safe, file: file, line: line).unsqueeze(2)
    let excluded = Tensor.where(counts.unsqueeze(2), isTarget.unsqueeze(1), true)
    let losses =
      Pointwise.multiMargin.apply(
        TensorList(input.unsqueeze(1), own, excluded), scalars: ScalarList(.double(1)), file: file,
        line: line
      ).sum(dim: [1, 2]) / classes
    return ndim < 2 ? losses.reshape([]) : losses.reduced(reduction)
  }
}
