import Descent

/// The arguments of a pooling, in PyTorch's order.
private struct PoolArguments {
  let size: Sizes
  let stride: Sizes?
  let padding: Sizes

  /// `first` is the place of the kernel size.
  init(_ a: Arguments, _ first: Int, withPadding: Bool = true) throws {
    guard let size = try a.windowSizes(first, "kernel_size") else {
      throw Refusal.untyped("no kernel size")
    }
    self.size = size
    stride = try a.windowSizes(first + 1, "stride")
    padding = withPadding ? try a.windowSizes(first + 2, "padding") ?? 0 : 0
  }
}

extension Arguments {
  /// One integer or a list of them.
  fileprivate func windowSizes(_ index: Int?, _ name: String) throws -> Sizes? {
    switch try optionalInts(index, name) {
    case .one(let value)?: Sizes(value)
    case .many(let values)?: Sizes(values)
    case nil: nil
    }
  }

  /// One integer or a list of integers and None.
  fileprivate func adaptiveSizes(_ index: Int?, _ name: String) throws -> AdaptiveSizes {
    guard let value = value(index, name) else { throw Refusal.untyped("no output size") }
    if let size = value.int { return AdaptiveSizes(size) }
    guard let list = value.sequence else { throw Refusal.untyped("no integers") }
    return AdaptiveSizes(
      try list.map { element in
        if element.isNull { return nil }
        guard let size = element.int else { throw Refusal.untyped("not an integer") }
        return size
      })
  }
}

extension OpTable {
  func addPooling() {
    typealias Max = (Tensor) -> (Sizes, Sizes?, Sizes, Sizes, Bool) -> Tensor
    typealias MaxWithIndices = (Tensor) -> (Sizes, Sizes?, Sizes, Sizes, Bool) -> (Tensor, Tensor)
    let maxima: [(Max, MaxWithIndices)] = [
      (
        { x in { x.maxPool1d($0, stride: $1, padding: $2, dilation: $3, ceilMode: $4) } },
        { x in { x.maxPool1dWithIndices($0, stride: $1, padding: $2, dilation: $3, ceilMode: $4) } }
      ),
      (
        { x in { x.maxPool2d($0, stride: $1, padding: $2, dilation: $3, ceilMode: $4) } },
        { x in { x.maxPool2dWithIndices($0, stride: $1, padding: $2, dilation: $3, ceilMode: $4) } }
      ),
      (
        { x in { x.maxPool3d($0, stride: $1, padding: $2, dilation: $3, ceilMode: $4) } },
        { x in { x.maxPool3dWithIndices($0, stride: $1, padding: $2, dilation: $3, ceilMode: $4) } }
      ),
    ]
    for (i, form) in maxima.enumerated() {
      ops("nn.functional.max_pool\(i + 1)d") { a in
        let p = try PoolArguments(a, 1)
        let dilation = try a.windowSizes(4, "dilation") ?? 1
        let ceilMode = try a.bool(5, "ceil_mode", false)
        if try a.bool(6, "return_indices", false) {
          let (values, indices) = form.1(try a.x)(p.size, p.stride, p.padding, dilation, ceilMode)
          return [values, indices]
        }
        return [form.0(try a.x)(p.size, p.stride, p.padding, dilation, ceilMode)]
      }
    }
    op("nn.functional.avg_pool1d") { a in
      let p = try PoolArguments(a, 1)
      return try a.x.avgPool1d(
        p.size, stride: p.stride, padding: p.padding, ceilMode: a.bool(4, "ceil_mode", false),
        countIncludePad: a.bool(5, "count_include_pad", true))
    }
    op("nn.functional.avg_pool2d") { a in
      let p = try PoolArguments(a, 1)
      return try a.x.avgPool2d(
        p.size, stride: p.stride, padding: p.padding, ceilMode: a.bool(4, "ceil_mode", false),
        countIncludePad: a.bool(5, "count_include_pad", true),
        divisorOverride: a.optionalInt(6, "divisor_override"))
    }
    op("nn.functional.avg_pool3d") { a in
      let p = try PoolArguments(a, 1)
      return try a.x.avgPool3d(
        p.size, stride: p.stride, padding: p.padding, ceilMode: a.bool(4, "ceil_mode", false),
        countIncludePad: a.bool(5, "count_include_pad", true),
        divisorOverride: a.optionalInt(6, "divisor_override"))
    }
    addAdaptivePooling()
  }

  private func addAdaptivePooling() {
    op("nn.functional.adaptive_avg_pool1d") { a in
      try a.x.adaptiveAvgPool1d(a.adaptiveSizes(1, "output_size"))
    }
    op("nn.functional.adaptive_avg_pool2d") { a in
      try a.x.adaptiveAvgPool2d(a.adaptiveSizes(1, "output_size"))
    }
    op("nn.functional.adaptive_avg_pool3d") { a in
      try a.x.adaptiveAvgPool3d(a.adaptiveSizes(1, "output_size"))
    }
    ops("nn.functional.adaptive_max_pool1d") { a in
      let size = try a.adaptiveSizes(1, "output_size")
      if !(try a.bool(2, "return_indices", false)) { return [try a.x.adaptiveMaxPool1d(size)] }
      let (values, indices) = try a.x.adaptiveMaxPool1dWithIndices(size)
      return [values, indices]
    }
    ops("nn.functional.adaptive_max_pool2d") { a in
      let size = try a.adaptiveSizes(1, "output_size")
      if !(try a.bool(2, "return_indices", false)) { return [try a.x.adaptiveMaxPool2d(size)] }
      let (values, indices) = try a.x.adaptiveMaxPool2dWithIndices(size)
      return [values, indices]
    }
    op("nn.functional.max_unpool2d") { a in
      let p = try PoolArguments(a, 2)
      return try a.x.maxUnpool2d(
        a.y, p.size, stride: p.stride, padding: p.padding,
        outputSize: a.optionalInts(nil, "output_size")?.all)
    }
  }
}

extension ModuleTable {
  func addPooling() {
    func maxPool(
      _ name: String, _ make: @escaping (PoolArguments, Sizes, Bool) -> Module,
      _ withIndices: @escaping (Module, Tensor) -> (Tensor, Tensor)
    ) {
      var wantsIndices = false
      module(name) { a in
        let p = try PoolArguments(a, 0)
        let dilation = try a.windowSizes(3, "dilation") ?? 1
        wantsIndices = try a.bool(4, "return_indices", false)
        return make(p, dilation, try a.bool(5, "ceil_mode", false))
      } forward: { module, a in
        if !wantsIndices { return [module(try a.x)] }
        let (values, indices) = withIndices(module, try a.x)
        return [values, indices]
      }
    }
    maxPool("MaxPool1d") { p, dilation, ceilMode in
      MaxPool1d(
        p.size, stride: p.stride, padding: p.padding, dilation: dilation, ceilMode: ceilMode)
    } _: {
      ($0 as! MaxPool1d).withIndices($1)
    }
    maxPool("MaxPool2d") { p, dilation, ceilMode in
      MaxPool2d(
        p.size, stride: p.stride, padding: p.padding, dilation: dilation, ceilMode: ceilMode)
    } _: {
      ($0 as! MaxPool2d).withIndices($1)
    }
    maxPool("MaxPool3d") { p, dilation, ceilMode in
      MaxPool3d(
        p.size, stride: p.stride, padding: p.padding, dilation: dilation, ceilMode: ceilMode)
    } _: {
      ($0 as! MaxPool3d).withIndices($1)
    }
    module("AvgPool1d") { a in
      let p = try PoolArguments(a, 0)
      return AvgPool1d(p.size, stride: p.stride, padding: p.padding)
    }
    module("AvgPool2d") { a in
      let p = try PoolArguments(a, 0)
      return AvgPool2d(
        p.size, stride: p.stride, padding: p.padding,
        divisorOverride: try a.optionalInt(5, "divisor_override"))
    }
    module("AvgPool3d") { a in
      let p = try PoolArguments(a, 0)
      return AvgPool3d(
        p.size, stride: p.stride, padding: p.padding,
        divisorOverride: try a.optionalInt(5, "divisor_override"))
    }
    module("LPPool1d") { a in
      let p = try PoolArguments(a, 1, withPadding: false)
      return LPPool1d(try a.number(0, "norm_type"), p.size, stride: p.stride)
    }
    module("LPPool2d") { a in
      let p = try PoolArguments(a, 1, withPadding: false)
      return LPPool2d(try a.number(0, "norm_type"), p.size, stride: p.stride)
    }
    module("LPPool3d") { a in
      let p = try PoolArguments(a, 1, withPadding: false)
      return LPPool3d(try a.number(0, "norm_type"), p.size, stride: p.stride)
    }
    let adaptive: [(String, (AdaptiveSizes) -> Module)] = [
      ("AdaptiveAvgPool1d", { AdaptiveAvgPool1d($0) }),
      ("AdaptiveAvgPool2d", { AdaptiveAvgPool2d($0) }),
      ("AdaptiveAvgPool3d", { AdaptiveAvgPool3d($0) }),
      ("AdaptiveMaxPool1d", { AdaptiveMaxPool1d($0) }),
      ("AdaptiveMaxPool2d", { AdaptiveMaxPool2d($0) }),
      ("AdaptiveMaxPool3d", { AdaptiveMaxPool3d($0) }),
    ]
    for (name, make) in adaptive {
      module(name) { a in make(try a.adaptiveSizes(0, "output_size")) }
    }
  }
}
