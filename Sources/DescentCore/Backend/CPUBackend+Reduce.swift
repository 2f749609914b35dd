import CDescent

// Reductions, scans and softmax rows.
extension CPUBackend {
  func reduce(_ call: ReduceCall) throws(Misuse) {
    let op: DscReduction =
      switch call.op {
      case .sum: .DSC_REDUCE_SUM
      case .prod: .DSC_REDUCE_PROD
      case .max: .DSC_REDUCE_MAX
      case .min: .DSC_REDUCE_MIN
      case .any: .DSC_REDUCE_ANY
      case .all: .DSC_REDUCE_ALL
      }
    let count = call.inputs.count
    let lowered = call.program?.lowered(for: call.dtype)
    let status = withUnsafeTemporaryAllocation(of: DscView.self, capacity: count + 1) {
      views -> Int32 in
      let views = views.baseAddress.unsafelyUnwrapped
      if call.isFlat {
        for i in 0..<count { views[i].setFlat(call.inputs[i], step: 1) }
        views[count].setFlat(call.output, step: 0)
      } else {
        for i in 0..<count { views[i].set(call.inputs[i], expandedTo: call.shape) }
        views[count].set(call.output, expandedTo: call.shape)
      }
      return withUnsafeTemporaryAllocation(
        of: DscScalar.self, capacity: call.scalars.count + (lowered?.constants.count ?? 0) + 1
      ) { scalars in
        if let lowered {
          for i in 0..<call.scalars.count {
            scalars[i] = DscScalar(call.scalars[i], lowered.scalarLanes[i])
          }
          for (i, constant) in lowered.constants.enumerated() {
            scalars[call.scalars.count + i] = constant
          }
        }
        return call.shape.withUnsafeSizes {
          dsc_reduce(
            op, lowered?.program, Int32(call.shape.count), $0.c, call.dims, views, Int32(count),
            scalars.baseAddress, call.divisor, views + count)
        }
      }
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }

  func argReduce(_ call: ArgReduceCall) throws(Misuse) {
    let shape = call.input.layout.shape
    var input = DscView()
    input.set(call.input)
    var values = DscView()
    var indices = DscView()
    if let tensor = call.values { values.set(tensor, expandedTo: shape) }
    if let tensor = call.indices { indices.set(tensor, expandedTo: shape) }
    let status = withUnsafePointer(to: values) { values in
      withUnsafePointer(to: indices) { indices in
        shape.withUnsafeSizes {
          dsc_arg_reduce(
            call.largest, Int32(shape.count), $0.c, call.dims, &input,
            call.values == nil ? nil : values, call.indices == nil ? nil : indices)
        }
      }
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }

  func moments(_ call: MomentsCall) {
    let shape = call.input.layout.shape
    var input = DscView()
    input.set(call.input)
    var mean = DscView()
    var variance = DscView()
    if let tensor = call.mean { mean.set(tensor, expandedTo: shape) }
    if let tensor = call.variance { variance.set(tensor, expandedTo: shape) }
    let status = withUnsafePointer(to: mean) { mean in
      withUnsafePointer(to: variance) { variance in
        shape.withUnsafeSizes {
          dsc_moments(
            Int32(shape.count), $0.c, call.dims, &input, call.correction,
            call.mean == nil ? nil : mean, call.variance == nil ? nil : variance)
        }
      }
    }
    CPUBackend.check(status)
  }

  func scan(_ call: ScanCall) {
    let op: DscScan =
      switch call.op {
      case .sum: .DSC_SCAN_SUM
      case .prod: .DSC_SCAN_PROD
      case .max: .DSC_SCAN_MAX
      case .min: .DSC_SCAN_MIN
      case .logsumexp: .DSC_SCAN_LOGSUMEXP
      }
    let shape = call.input.layout.shape
    var input = DscView()
    var output = DscView()
    var indices = DscView()
    input.set(call.input)
    output.set(call.output)
    if let tensor = call.indices { indices.set(tensor) }
    let status = withUnsafePointer(to: indices) { indices in
      shape.withUnsafeSizes {
        dsc_scan(
          op, Int32(shape.count), $0.c, Int32(call.dim), &input, &output,
          call.indices == nil ? nil : indices)
      }
    }
    CPUBackend.check(status)
  }

  func softmax(_ call: SoftmaxCall) {
    let shape = call.input.layout.shape
    var input = DscView()
    var output = DscView()
    input.set(call.input)
    output.set(call.output)
    let status = shape.withUnsafeSizes {
      dsc_softmax(call.logarithm, Int32(shape.count), $0.c, Int32(call.dim), &input, &output)
    }
    CPUBackend.check(status)
  }

  func softmaxBackward(_ call: SoftmaxBackwardCall) {
    let shape = call.result.layout.shape
    var gradient = DscView()
    var result = DscView()
    var output = DscView()
    gradient.set(call.gradient, expandedTo: shape)
    result.set(call.result)
    output.set(call.output)
    let status = shape.withUnsafeSizes {
      dsc_softmax_backward(
        call.logarithm, Int32(shape.count), $0.c, Int32(call.dim), &gradient, &result, &output)
    }
    CPUBackend.check(status)
  }
}
