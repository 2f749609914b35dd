import CDescent

// Gathering, scattering, selecting and ordering.
extension CPUBackend {
  private static func check(
    _ status: Int32, _ badIndex: Int64, size: Int, operation: String
  ) throws(Misuse) {
    if status & Int32(DSC_BAD_INDEX) != 0 {
      throw Misuse(
        operation, "index \(badIndex) is out of range for a dimension of size \(size)",
        got: "index \(badIndex)", try: "indices from 0 to \(size - 1)")
    }
    if status != 0 { throw misuse(status) }
  }

  private static func c(_ mode: ScatterMode) -> DscScatter {
    switch mode {
    case .assign: .DSC_SCATTER_ASSIGN
    case .add: .DSC_SCATTER_ADD
    case .multiply: .DSC_SCATTER_MULTIPLY
    case .max: .DSC_SCATTER_MAX
    case .min: .DSC_SCATTER_MIN
    }
  }

  func gather(_ call: GatherCall) throws(Misuse) {
    let shape = call.index.layout.shape
    let size = call.source.layout.shape[call.dim]
    var source = DscView()
    var index = DscView()
    var output = DscView()
    source.set(call.source)
    index.set(call.index)
    output.set(call.output)
    var bad: Int64 = 0
    let status = shape.withUnsafeSizes {
      dsc_gather(
        Int32(shape.count), $0.c, Int32(call.dim), Int64(size), &source, &index, &output, &bad)
    }
    try CPUBackend.check(status, bad, size: size, operation: call.operation)
  }

  func scatter(_ call: ScatterCall) throws(Misuse) {
    let shape = call.index.layout.shape
    let size = call.target.layout.shape[call.dim]
    var target = DscView()
    var index = DscView()
    var source = DscView()
    target.set(call.target)
    index.set(call.index)
    source.set(call.source)
    var bad: Int64 = 0
    let status = shape.withUnsafeSizes {
      dsc_scatter(
        CPUBackend.c(call.mode), call.isNew, Int32(shape.count), $0.c, Int32(call.dim), Int64(size),
        &target, &index, &source, &bad)
    }
    try CPUBackend.check(status, bad, size: size, operation: call.operation)
  }

  func sumRows(_ call: RowSumCall) throws(Misuse) {
    let (rows, count) = (call.output.layout.shape[0], call.index.layout.shape[0])
    let columns = call.output.layout.elementCount / Swift.max(rows, 1)
    let dtype = call.output.dtype.c
    let needed = Int(dsc_sum_rows_workspace(dtype, Int64(count), Int64(rows), Int64(columns)))
    let workspace = Tensor(empty: [needed], dtype: .int64)
    var bad: Int64 = 0
    let status = dsc_sum_rows(
      dtype, Int64(count), call.index.address.assumingMemoryBound(to: Int64.self), Int64(rows),
      Int64(columns), call.source.address, call.output.address,
      workspace.address.assumingMemoryBound(to: Int64.self), &bad)
    try CPUBackend.check(status, bad, size: rows, operation: call.operation)
  }

  func indexGather(_ call: IndexCall) throws(Misuse) {
    try index(call) { shape, indices, sizes, strides, target, values, bad in
      shape.withUnsafeSizes {
        dsc_index_gather(
          Int32(shape.count), $0.c, Int32(call.indices.count), indices, sizes, strides, target,
          values, bad)
      }
    }
  }

  func indexScatter(_ call: IndexCall, _ mode: ScatterMode) throws(Misuse) {
    try index(call) { shape, indices, sizes, strides, target, values, bad in
      shape.withUnsafeSizes {
        dsc_index_scatter(
          CPUBackend.c(mode), Int32(shape.count), $0.c, Int32(call.indices.count), indices, sizes,
          strides, target, values, bad)
      }
    }
  }

  private func index(
    _ call: IndexCall,
    _ body: (
      Shape, UnsafePointer<DscView>, UnsafePointer<Int64>, UnsafePointer<Int64>,
      UnsafePointer<DscView>, UnsafePointer<DscView>, UnsafeMutablePointer<Int64>
    ) -> Int32
  ) throws(Misuse) {
    let shape = call.values.layout.shape
    let indexDims = call.indices[0].layout.dims
    let indexed = call.indices.count
    let layout = call.target.layout
    var views: [DscView] = []
    for tensor in call.indices {
      // Index dims first, stride 0 in the kept dims behind them.
      var expanded = Layout(
        shape: shape, strides: Shape(repeating: 0, count: shape.count),
        offset: tensor.layout.offset)
      for i in 0..<indexDims {
        expanded.strides[i] = tensor.layout.shape[i] == 1 ? 0 : tensor.layout.strides[i]
      }
      var view = DscView()
      view.set(tensor, expanded)
      views.append(view)
    }
    var kept = Layout(
      shape: shape, strides: Shape(repeating: 0, count: shape.count), offset: layout.offset)
    for i in indexDims..<shape.count { kept.strides[i] = layout.strides[indexed + i - indexDims] }
    var target = DscView()
    target.set(call.target, kept)
    var values = DscView()
    values.set(call.values)
    let sizes = (0..<indexed).map { Int64(layout.shape[$0]) }
    let strides = (0..<indexed).map { Int64(layout.strides[$0]) }
    var bad: Int64 = 0
    let status = body(shape, views, sizes, strides, &target, &values, &bad)
    if status & Int32(DSC_BAD_INDEX) != 0 {
      let place = CPUBackend.misplaced(call, Int(bad))
      throw Misuse(
        call.operation,
        "index \(bad) is out of range for dimension \(place.dim) of size \(place.size)",
        got: "index \(bad)", try: "indices from \(-place.size) to \(place.size - 1)")
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }

  /// Which of the indexed dims a bad index stands for.
  private static func misplaced(_ call: IndexCall, _ bad: Int) -> (dim: Int, size: Int) {
    let shape = call.target.layout.shape
    for (dim, index) in call.indices.enumerated()
    where bad < -shape[dim] || bad >= shape[dim] {
      if index.toArray(Int.self).contains(bad) { return (dim, shape[dim]) }
    }
    return (0, shape[0])
  }

  func pad(_ call: PadCall) {
    let dims = call.places.count
    let (shape, padded) = (call.input.layout.shape, call.output.layout.shape)
    let images = padded.prefix(padded.count - dims).reduce(1, *)
    // One table after the other.
    let all = call.places.flatMap { $0 }
    all.withUnsafeBufferPointer { table in
      var tables: [UnsafePointer<Int64>?] = []
      var begin = 0
      for places in call.places {
        tables.append(table.baseAddress.map { $0 + begin })
        begin += places.count
      }
      shape.withUnsafeSizes { shape in
        padded.withUnsafeSizes { padded in
          let outer = call.input.ndim - dims
          dsc_pad_edges(
            call.input.dtype.c, Int64(images), Int32(dims), shape.c + outer, padded.c + outer,
            tables,
            call.input.address, call.output.address)
        }
      }
    }
  }

  func countNonzero(_ input: Tensor) -> Int {
    var view = DscView()
    view.set(input)
    let shape = input.layout.shape
    return Int(shape.withUnsafeSizes { dsc_count_nonzero(Int32(shape.count), $0.c, &view) })
  }

  func nonzero(_ input: Tensor, into output: Tensor) {
    var view = DscView()
    view.set(input)
    let shape = input.layout.shape
    let out = output.address.assumingMemoryBound(to: Int64.self)
    shape.withUnsafeSizes { dsc_nonzero(Int32(shape.count), $0.c, &view, out) }
  }

  func maskedSelect(_ call: MaskedCall) {
    let shape = call.tensor.layout.shape
    var source = DscView()
    var mask = DscView()
    source.set(call.tensor)
    mask.set(call.mask, expandedTo: shape)
    let out = call.elements.address
    shape.withUnsafeSizes { dsc_masked_select(Int32(shape.count), $0.c, &source, &mask, out) }
  }

  func maskedScatter(_ call: MaskedCall) {
    let shape = call.tensor.layout.shape
    var target = DscView()
    var mask = DscView()
    target.set(call.tensor)
    mask.set(call.mask, expandedTo: shape)
    let source = call.elements.address
    shape.withUnsafeSizes { dsc_masked_scatter(Int32(shape.count), $0.c, &target, &mask, source) }
  }

  func sort(_ call: SortCall) {
    let shape = call.input.layout.shape
    var input = DscView()
    input.set(call.input)
    var values = DscView()
    var indices = DscView()
    if let tensor = call.values { values.set(tensor) }
    if let tensor = call.indices { indices.set(tensor) }
    let status = withUnsafePointer(to: values) { values in
      withUnsafePointer(to: indices) { indices in
        shape.withUnsafeSizes {
          dsc_sort(
            call.descending, Int32(shape.count), $0.c, Int32(call.dim), &input,
            call.values == nil ? nil : values, call.indices == nil ? nil : indices)
        }
      }
    }
    CPUBackend.check(status)
  }

  func topk(_ call: TopkCall) {
    select(call.input, call.values, call.indices) { dims, sizes, input, values, indices in
      dsc_topk(
        call.largest, Int64(call.count), dims, sizes, Int32(call.dim), input, values, indices)
    }
  }

  func kth(_ call: KthCall) {
    let place =
      switch call.place {
      case .kth(let k): Int64(k)
      case .median: Int64(DSC_MEDIAN)
      case .nanmedian: Int64(DSC_NANMEDIAN)
      }
    select(call.input, call.values, call.indices) { dims, sizes, input, values, indices in
      dsc_kth(place, dims, sizes, Int32(call.dim), input, values, indices)
    }
  }

  /// Runs a kernel that takes elements of the input out, with their places.
  private func select(
    _ input: Tensor, _ values: Tensor, _ indices: Tensor,
    _ run: (
      Int32, UnsafePointer<Int64>, UnsafePointer<DscView>, UnsafePointer<DscView>,
      UnsafePointer<DscView>
    ) -> Int32
  ) {
    let shape = input.layout.shape
    var views = (DscView(), DscView(), DscView())
    views.0.set(input)
    views.1.set(values)
    views.2.set(indices)
    let status = shape.withUnsafeSizes {
      run(Int32(shape.count), $0.c, &views.0, &views.1, &views.2)
    }
    CPUBackend.check(status)
  }

  func searchsorted(_ call: SearchCall) throws(Misuse) {
    let shape = call.values.layout.shape
    let sorted = call.sorted.layout
    let n = sorted.shape[-1]
    let stride = sorted.strides[-1]
    // The row of each value: the sorted tensor's leading strides, 0 in the last dim.
    var rows = Layout(
      shape: shape, strides: Shape(repeating: 0, count: shape.count), offset: sorted.offset)
    if sorted.dims > 1 { for i in 0..<(sorted.dims - 1) { rows.strides[i] = sorted.strides[i] } }
    var sortedView = DscView()
    sortedView.set(call.sorted, rows)
    var sorter = DscView()
    if let tensor = call.sorter {
      var sorterRows = rows
      sorterRows.offset = tensor.layout.offset
      sorter.set(tensor, sorterRows)
    }
    var values = DscView()
    var output = DscView()
    values.set(call.values)
    output.set(call.output)
    let status = withUnsafePointer(to: sorter) { sorter in
      shape.withUnsafeSizes {
        dsc_searchsorted(
          call.right, Int32(shape.count), $0.c, &sortedView, Int64(n), Int64(stride),
          call.sorter == nil ? nil : sorter, &values, &output)
      }
    }
    if status & Int32(DSC_BAD_INDEX) != 0 {
      throw Misuse(
        "searchsorted", "the sorter holds an index out of range", got: "rows of \(n) elements",
        try: "the indices that sort gives")
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }
}
