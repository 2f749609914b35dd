import CDescent

// Steps of optimizers.
extension CPUBackend {
  func update(_ call: UpdateCall) throws(Misuse) {
    let dtype = call.tensors[0].elementType
    let lowered = call.program.lowered(for: dtype)
    let constants = lowered.constants
    let status = withUnsafeTemporaryAllocation(
      of: DscScalar.self, capacity: call.scalars.count + constants.count + 1
    ) { values -> Int32 in
      for i in 0..<call.scalars.count {
        values[i] = DscScalar(call.scalars[i], lowered.scalarLanes[i])
      }
      for i in 0..<constants.count { values[call.scalars.count + i] = constants[i] }
      return run(call, lowered, dtype.c, UnsafePointer(values.baseAddress.unsafelyUnwrapped))
    }
    if status != 0 { throw CPUBackend.misuse(status) }
  }

  /// Sets of contiguous tensors in one call, others one by one.
  private func run(
    _ call: UpdateCall, _ lowered: Lowered, _ dtype: DscDType, _ scalars: UnsafePointer<DscScalar>
  ) -> Int32 {
    let tensors = call.tensors
    let width = call.program.inputs.count
    let sets = tensors.count / width
    return withUnsafeTemporaryAllocation(of: Int64.self, capacity: sets) { counts in
      withUnsafeTemporaryAllocation(
        of: UnsafeMutableRawPointer?.self, capacity: tensors.count
      ) { data in
        var status: Int32 = 0
        var flat = 0
        for first in stride(from: 0, to: tensors.count, by: width) {
          let isFlat = (first..<first + width).allSatisfy { tensors[$0].layout.isContiguous }
          if !isFlat {
            status |= strided(tensors[first..<first + width], call, lowered, scalars)
            continue
          }
          for i in 0..<width { data[flat * width + i] = tensors[first + i].address }
          counts[flat] = Int64(tensors[first].layout.elementCount)
          flat += 1
        }
        var update = DscUpdate(
          rule: call.rule.c, program: lowered.program, scalars: scalars, dtype: dtype,
          set_count: Int64(flat), counts: counts.baseAddress, data: data.baseAddress)
        return status | dsc_update(&update)
      }
    }
  }

  private func strided(
    _ tensors: ArraySlice<Tensor>, _ call: UpdateCall, _ lowered: Lowered,
    _ scalars: UnsafePointer<DscScalar>
  ) -> Int32 {
    let shape = tensors[tensors.startIndex].layout.shape
    var views = tensors.map { tensor in
      var view = DscView()
      view.set(tensor)
      return view
    }
    views += views.prefix(call.program.outputs.count)
    return views.withUnsafeBufferPointer { views in
      shape.withUnsafeSizes { sizes in
        let base = views.baseAddress.unsafelyUnwrapped
        return dsc_pointwise(
          lowered.program, Int32(shape.count), sizes.c, base, scalars, base + tensors.count)
      }
    }
  }
}

extension UpdateRule {
  /// The same rule in C.
  fileprivate var c: DscUpdateRule {
    switch self {
    case .program: .program
    case .descent: .descent
    case .momentum: .momentum
    case .nesterov: .nesterov
    case .adam: .adam
    }
  }
}
