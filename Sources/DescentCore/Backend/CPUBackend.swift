import CDescent

/// The back end of the processor: turns calls into descriptors and hands them to the C kernels.
final class CPUBackend: Backend {
  static let shared = CPUBackend()

  // MARK: pointwise

  @inline(__always)
  func pointwise(_ call: PointwiseCall) throws(Misuse) {
    let inputCount = call.inputs.count
    let outputCount = call.outputs.count
    let lowered = call.program.lowered(for: call.dtype)
    let flat = CPUBackend.isFlat(call)
    let status = withUnsafeTemporaryAllocation(of: DscView.self, capacity: inputCount + outputCount)
    {
      views -> Int32 in
      let views = views.baseAddress.unsafelyUnwrapped
      for i in 0..<inputCount {
        if flat {
          views[i].setFlat(call.inputs[i], call.shape)
        } else {
          views[i].set(call.inputs[i], expandedTo: call.shape)
        }
      }
      for i in 0..<outputCount {
        if flat {
          views[inputCount + i].setFlat(call.outputs[i], call.shape)
        } else {
          views[inputCount + i].set(call.outputs[i])
        }
      }
      return withScalars(call.scalars, lowered) { scalars in
        if flat {
          return dsc_pointwise_flat(
            lowered.program, Int64(call.shape.elementCount), views, scalars, views + inputCount)
        }
        return call.shape.withUnsafeSizes { sizes in
          dsc_pointwise(
            lowered.program, Int32(call.shape.count), sizes.c, views, scalars, views + inputCount)
        }
      }
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }

  @inline(__always)
  func pointwise(_ call: FlatCall) throws(Misuse) {
    let status = call.program.withLowered(for: call.dtype) { run(call, $0) }
    if status != 0 { throw CPUBackend.misuse(status) }
  }

  @inline(__always)
  private func run(_ call: FlatCall, _ lowered: Lowered) -> Int32 {
    withUnsafeTemporaryAllocation(of: DscView.self, capacity: 3) { views -> Int32 in
      let views = views.baseAddress.unsafelyUnwrapped
      let count = call.output._withUnsafeGuaranteedRef { output in
        views[2].setFlat(output, step: 1)
        return output.layout.elementCount
      }
      let single = count == 1 ? .none : call.single
      call.first._withUnsafeGuaranteedRef {
        views[0].setFlat($0, step: single == .first ? 0 : 1)
      }
      if let second = call.second {
        second._withUnsafeGuaranteedRef {
          views[1].setFlat($0, step: single == .second ? 0 : 1)
        }
      }
      return withScalars(call.scalars, lowered) { scalars in
        dsc_pointwise_flat(lowered.program, Int64(count), views, scalars, views + 2)
      }
    }
  }

  /// Whether every operand is contiguous in the call's shape or a single element.
  @inline(__always)
  private static func isFlat(_ call: PointwiseCall) -> Bool {
    for i in 0..<call.outputs.count where !call.outputs[i].layout.isContiguous { return false }
    for i in 0..<call.inputs.count {
      let layout = call.inputs[i].layout
      if layout.shape == call.shape ? !layout.isContiguous : layout.elementCount != 1 {
        return false
      }
    }
    return true
  }

  @inline(__always)
  private func withScalars(
    _ scalars: ScalarList, _ lowered: Lowered, _ body: (UnsafePointer<DscScalar>) -> Int32
  ) -> Int32 {
    let constants = lowered.constants
    if scalars.count == 0 {
      return constants.withUnsafeBufferPointer { buffer in
        if let base = buffer.baseAddress { return body(base) }
        return withUnsafePointer(to: DscScalar()) { body($0) }
      }
    }
    return withUnsafeTemporaryAllocation(
      of: DscScalar.self, capacity: scalars.count + constants.count
    ) { values in
      for i in 0..<scalars.count { values[i] = DscScalar(scalars[i], lowered.scalarLanes[i]) }
      for i in 0..<constants.count { values[scalars.count + i] = constants[i] }
      return body(UnsafePointer(values.baseAddress.unsafelyUnwrapped))
    }
  }

  static func misuse(_ status: Int32) -> Misuse {
    if status & Int32(DSC_DIVISION_BY_ZERO.rawValue) != 0 {
      return Misuse(
        "division", "an integer is divided by zero", got: "an integer divisor with a 0 in it",
        try: "floating-point operands, where it gives inf or NaN")
    }
    if status & Int32(DSC_OUT_OF_MEMORY.rawValue) != 0 {
      return Misuse("Memory", "no memory for a temporary buffer", try: "Memory.clearCache()")
    }
    return Misuse(
      "backend", "no kernel for this operation in this dtype", try: "another dtype with to(_:)")
  }

  static func check(_ status: Int32) {
    if status != 0 { misuse(status).raise(file: "", line: 0) }
  }

  // MARK: memory

  /// Bytes that are copied faster than a copy is planned.
  private static let smallCopy = 4096

  func copy(_ call: CopyCall) {
    let shape = call.destination.layout.shape
    let bytes = shape.elementCount &* call.destination.dtype.itemSize
    if bytes <= CPUBackend.smallCopy && call.source.dtype == call.destination.dtype
      && call.source.layout.shape == shape && call.source.layout.isContiguous
      && call.destination.layout.isContiguous
    {
      return call.destination.address.copyMemory(from: call.source.address, byteCount: bytes)
    }
    var source = DscView()
    var destination = DscView()
    source.set(call.source, expandedTo: shape)
    destination.set(call.destination)
    let status = shape.withUnsafeSizes {
      dsc_copy(Int32(shape.count), $0.c, &source, &destination)
    }
    CPUBackend.check(status)
  }

  private static let constant: Program = {
    let value = Term.input()
    return Program(inputs: [], scalars: [value], outputs: [.apply(.copy, value)])
  }()

  func fill(_ call: FillCall) {
    let output = call.output
    let dtype = output.dtype
    let count = Int64(output.layout.elementCount)
    let data = output.address
    switch call.pattern {
    case .value(let value):
      let status = CPUBackend.constant.withLowered(for: dtype) { lowered -> Int32 in
        var scalar = DscScalar(value, lowered.scalarLanes[0])
        var view = DscView()
        if output.layout.isContiguous {
          view.setFlat(output, step: 1)
          return dsc_pointwise_flat(lowered.program, count, nil, &scalar, &view)
        }
        view.set(output)
        let shape = output.layout.shape
        return shape.withUnsafeSizes {
          dsc_pointwise(lowered.program, Int32(shape.count), $0.c, nil, &scalar, &view)
        }
      }
      CPUBackend.check(status)
    case .arange(let start, let step):
      let lane: DscLane = dtype.isFloatingPoint ? .f64 : .i64
      dsc_arange(dtype.c, count, DscScalar(start, lane), DscScalar(step, lane), data)
    case .linspace(let start, let end):
      dsc_linspace(dtype.c, count, start, end, data)
    }
  }
}

extension Tensor {
  /// Address of the first element.
  @inline(__always)
  final var address: UnsafeMutableRawPointer {
    storage.data + layout.offset &* dtype.itemSize
  }
}

extension UnsafePointer<Int> {
  /// Sizes as C sees them.
  @inline(__always)
  var c: UnsafePointer<Int64> { UnsafeRawPointer(self).assumingMemoryBound(to: Int64.self) }
}

extension DscView {
  /// The operand's own shape. Only as many strides are written as there are dims.
  @inline(__always)
  mutating func set(_ tensor: Tensor) { set(tensor, tensor.layout) }

  @inline(__always)
  mutating func set(_ tensor: Tensor, expandedTo shape: Shape) {
    set(tensor, tensor.layout.shape == shape ? tensor.layout : tensor.layout.expanded(to: shape))
  }

  @inline(__always)
  mutating func set(_ tensor: Tensor, _ layout: Layout) {
    data = tensor.address
    dtype = tensor.dtype.c
    withUnsafeMutableBytes(of: &strides) { raw in
      let strides = raw.assumingMemoryBound(to: Int64.self)
      for i in 0..<layout.dims { strides[i] = Int64(layout.strides[i]) }
    }
  }

  /// One dimension, with stride 0 where a single element is repeated.
  @inline(__always)
  mutating func setFlat(_ tensor: Tensor, step: Int64) {
    data = tensor.address
    dtype = tensor.elementType.c
    strides.0 = step
  }

  /// One dimension with stride 1, or 0 for a single element.
  @inline(__always)
  mutating func setFlat(_ tensor: Tensor, _ shape: Shape) {
    data = tensor.address
    dtype = tensor.dtype.c
    strides.0 = tensor.layout.shape == shape ? 1 : 0
  }
}
