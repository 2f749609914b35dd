// Elements by their place in the order: medians, the k-th, the most frequent.

extension Tensor {
  /// Returns the median of all elements: the lower one of the two in the middle.
  ///
  /// NaN where there is a NaN, or no element at all.
  /// - Precondition: numbers; integers need at least one element.
  /// - Gradient: shared evenly by the elements equal to the median.
  /// - Source: torch.median
  public final func median(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    medianOfAll("median", .median, "MedianBackward0", file, line)
  }

  /// Returns the lower median along a dimension, and where it stands: at the first NaN, if there is one.
  ///
  /// - Returns: both without the dimension, or with size 1 in it (`keepDim`); the indices are int64.
  ///   Which of several equal elements is meant is not promised.
  /// - Gradient: to the element chosen.
  /// - Source: torch.median
  public final func median(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    medianAlong("median", .median, "MedianBackward1", dim, keepDim, file, line)
  }

  /// Returns the median of all elements that are not NaN.
  ///
  /// - Gradient: shared evenly by the elements equal to the median.
  /// - Source: torch.nanmedian
  public final func nanmedian(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    medianOfAll("nanmedian", .nanmedian, "NanmedianBackward0", file, line)
  }

  /// Returns the lower median along a dimension of what is not NaN; NaN where all is.
  ///
  /// - Gradient: to the element chosen.
  /// - Source: torch.nanmedian
  public final func nanmedian(
    dim: Int, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    medianAlong("nanmedian", .nanmedian, "NanmedianBackward1", dim, keepDim, file, line)
  }

  /// Returns the k-th smallest element along a dimension, and where it stands; NaN counts as largest.
  ///
  /// - Precondition: 1 <= k <= the size of the dimension.
  /// - Gradient: to the element chosen.
  /// - Source: torch.kthvalue
  public final func kthvalue(
    _ k: Int, dim: Int = -1, keepDim: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      let d = try Rules.dimWithElements("kthvalue", dim, of: self)
      let size = self.atLeastOneDim.shape[d]
      if k < 1 || k > size {
        throw Misuse(
          "kthvalue", "k is out of range for the dimension",
          got: "k \(k) and shape \(self.shape.brackets)", try: "1 to \(size)")
      }
      return d
    }
    guard let d = checked else { return (.poison, .poison) }
    return chosen("KthvalueBackward0", .kth(k), d, keepDim, file, line)
  }

  /// Returns the most frequent element along a dimension, and where it stands last.
  ///
  /// The smallest one of equally frequent elements. NaN equals nothing.
  /// - Gradient: to the element chosen.
  /// - Source: torch.mode
  public final func mode(
    dim: Int = -1, keepDim: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: Tensor, indices: Tensor) {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try Rules.dimWithElements("mode", dim, of: self, takesBool: true)
    }
    guard let d = checked else { return (.poison, .poison) }
    return chosen("ModeBackward0", d, keepDim, file, line) { rows in
      let (sorted, order) = rows.sort(dim: d)
      // How often an element occurs is how far its run in the sorted row reaches.
      let runs = sorted.runs(d).movedim(d, -1).contiguous()
      let counts = runs.searchsorted(runs, right: true) - runs.searchsorted(runs)
      let longest = counts.argmax(dim: -1, keepDim: true)
      let indices = order.gather(d, (longest + counts.gather(-1, longest) - 1).movedim(-1, d))
      return (rows.gather(d, indices), indices)
    }
  }

  /// The elements in order along dimension 0.
  ///
  /// - Gradient: back to where the elements came from.
  /// - Source: torch.msort
  public final func msort(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    sort(dim: 0, file: file, line: line).values
  }
}

extension Tensor {
  private func medianAlong(
    _ operation: String, _ place: OrderPlace, _ node: String, _ dim: Int, _ keepDim: Bool,
    _ file: StaticString, _ line: UInt
  ) -> (values: Tensor, indices: Tensor) {
    let checked = attempt(file: file, line: line) { () throws(Misuse) -> Int in
      try Rules.dimWithElements(operation, dim, of: self)
    }
    guard let d = checked else { return (.poison, .poison) }
    return chosen(node, place, d, keepDim, file, line)
  }

  private func medianOfAll(
    _ operation: String, _ place: OrderPlace, _ node: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.ordered(operation, self.dtype)
      if self.numel() == 0 && !self.isFloatingPoint {
        throw Misuse(
          operation, "there is no element to choose from",
          got: "\(self.dtype.name) \(self.shape.brackets)", try: "a tensor with elements")
      }
    }
    if checked == nil { return .poison }
    let output = noGrad {
      numel() == 0
        ? Tensor.full(Shape(), Double.nan, dtype: dtype)
        : ravel().chosen(node, place, 0, false, file, line).values
    }
    if recording(self) {
      output.record(
        node, TensorList(self), saving: TensorList(self, output), file: file, line: line
      ) { step, g in
        let (x, median) = (step.saved(0), step.saved(1))
        let isMedian = noGrad { Tensor.where(median.isnan(), x.isnan(), x .== median) }
        step.give(0, Tensor.where(isMedian, g / isMedian.sum(), 0))
      }
    }
    return output
  }

  /// The elements at a place of the order along a checked dim, and where they come from.
  private func chosen(
    _ node: String, _ place: OrderPlace, _ d: Int, _ keepDim: Bool, _ file: StaticString,
    _ line: UInt
  ) -> (values: Tensor, indices: Tensor) {
    chosen(node, d, keepDim, file, line) { rows in
      var one = rows.shape
      one[d] = 1
      let values = Tensor(empty: one, dtype: dtype)
      let indices = Tensor(empty: one, dtype: .int64)
      device.backend.kth(
        KthCall(place: place, input: rows, dim: d, values: values, indices: indices))
      return (values, indices)
    }
  }

  /// One element of each row along a checked dim, and where it comes from.
  ///
  /// - Parameter choose: both for rows of one dim and more, size 1 in that dim; not recorded.
  private func chosen(
    _ node: String, _ d: Int, _ keepDim: Bool, _ file: StaticString, _ line: UInt,
    _ choose: (_ rows: Tensor) -> (Tensor, Tensor)
  ) -> (values: Tensor, indices: Tensor) {
    var kept = shape
    if ndim > 0 { kept[d] = 1 }
    let (values, indices) =
      kept.elementCount == 0
      ? (Tensor(empty: kept, dtype: dtype), Tensor(empty: kept, dtype: .int64))
      : noGrad { choose(atLeastOneDim) }
    var target = kept
    if !keepDim && ndim > 0 { target.remove(at: d) }
    values.layout = Layout(contiguous: target)
    indices.layout = Layout(contiguous: target)
    recordChosen(node, values, indices, kept, d, file, line)
    return (values, indices)
  }

  /// The number of the run of equal elements in which each one stands along a dim, from 0: int64.
  final func runs(_ d: Int) -> Tensor {
    let first = narrow(d, 0, 1)
    let zeros = Tensor.zeros(first.shape, dtype: .int64)
    if shape[d] == 1 { return zeros }
    let changes = narrow(d, 1, shape[d] - 1) .!= narrow(d, 0, shape[d] - 1)
    return Tensor.cat([zeros, changes.cumsum(dim: d)], dim: d)
  }
}

extension Rules {
  /// Elements that have an order.
  static func ordered(_ operation: String, _ dtype: DType) throws(Misuse) {
    if dtype == .bool {
      throw Misuse(operation, "bool has no order to choose by", got: "bool", try: "to(.uint8)")
    }
  }

  /// A dim in which something can be chosen: counted from 0, of size 1 and more.
  static func dimWithElements(
    _ operation: String, _ dim: Int, of tensor: Tensor, takesBool: Bool = false
  ) throws(Misuse) -> Int {
    if !takesBool { try ordered(operation, tensor.dtype) }
    let d = try Rules.dim(operation, dim, of: tensor.shape)
    if tensor.ndim > 0 { try notEmpty(operation, tensor.shape, 1 << UInt32(d)) }
    return d
  }
}
