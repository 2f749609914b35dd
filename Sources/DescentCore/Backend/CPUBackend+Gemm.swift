import CDescent

// Matrix products.
extension CPUBackend {
  // Inline: its operands are counted by nobody then.
  @inline(__always)
  func gemm(_ call: GemmCall) {
    let a = call.a.layout
    let b = call.b.layout
    let c = call.output.layout
    let m = c.shape[-2]
    let n = c.shape[-1]
    var gemm = DscGemm()
    gemm.dtype = call.output.dtype.c
    gemm.m = Int64(m)
    gemm.n = Int64(n)
    gemm.k = Int64(a.shape[call.transposesA ? -2 : -1])
    gemm.a = UnsafeRawPointer(call.a.address)
    gemm.b = UnsafeRawPointer(call.b.address)
    gemm.c = call.output.address
    gemm.a_row = Int64(a.strides[call.transposesA ? -1 : -2])
    gemm.a_column = Int64(a.strides[call.transposesA ? -2 : -1])
    gemm.b_row = Int64(b.strides[call.transposesB ? -1 : -2])
    gemm.b_column = Int64(b.strides[call.transposesB ? -2 : -1])
    gemm.c_row = Int64(c.strides[-2])
    gemm.c_column = Int64(c.strides[-1])
    let batchDims = c.dims - 2
    gemm.batch_ndim = Int32(batchDims)
    if batchDims > 0 {
      var shape = Shape()
      for i in 0..<batchDims { shape.append(c.shape[i]) }
      write(shape, to: &gemm.batch_shape)
      write(batchStrides(a, shape), to: &gemm.a_batch)
      write(batchStrides(b, shape), to: &gemm.b_batch)
      write(batchStrides(c, shape), to: &gemm.c_batch)
    }
    if let bias = call.bias {
      let layout = bias.layout.expanded(to: Shape(m, n))
      gemm.bias = UnsafeRawPointer(bias.address)
      gemm.bias_row = Int64(layout.strides[0])
      gemm.bias_column = Int64(layout.strides[1])
    }
    gemm.alpha = call.alpha
    gemm.beta = call.beta
    CPUBackend.check(dsc_gemm(&gemm))
  }

  /// Strides of the leading dims, broadcast to the batch's shape.
  private func batchStrides(_ layout: Layout, _ batch: Shape) -> Shape {
    var own = layout
    own.shape.remove(at: own.shape.count - 1)
    own.shape.remove(at: own.shape.count - 1)
    own.strides.remove(at: own.strides.count - 1)
    own.strides.remove(at: own.strides.count - 1)
    return own.expanded(to: batch).strides
  }

  private func write<T>(_ values: Shape, to tuple: inout T) {
    withUnsafeMutableBytes(of: &tuple) { raw in
      let slots = raw.assumingMemoryBound(to: Int64.self)
      for (i, value) in values.enumerated() { slots[i] = Int64(value) }
    }
  }
}
