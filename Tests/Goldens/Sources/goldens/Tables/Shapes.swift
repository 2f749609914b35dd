import Descent

extension OpTable {
  func addShapes() {
    op("view") { a in try a.x.view(a.sizes(from: 1)) }
    op("reshape") { a in try a.x.reshape(a.sizes(from: 1)) }
    op("view_as") { a in try a.x.viewAs(a.y) }
    op("reshape_as") { a in try a.x.reshapeAs(a.y) }
    op("expand") { a in try a.x.expand(a.sizes(from: 1)) }
    op("expand_as") { a in try a.x.expandAs(a.y) }
    op("broadcast_to") { a in try a.x.broadcastTo(Shape(a.ints(1))) }
    op("permute") { a in try a.x.permute(a.sizes(from: 1)) }
    op("transpose") { a in try a.x.transpose(a.int(1), a.int(2)) }
    op("t") { a in try a.x.t() }
    op("movedim") { a in try a.x.movedim(a.ints(1), a.ints(2)) }
    op("squeeze") { a in
      guard let dim = try a.optionalInt(1, "dim") else { return try a.x.squeeze() }
      return try a.x.squeeze(dim)
    }
    op("squeeze.multiple") { a in try a.x.squeeze(a.ints(1)) }
    op("unsqueeze") { a in try a.x.unsqueeze(a.int(1, "dim")) }
    op("flatten") { a in try a.x.flatten(a.int(1, "start_dim", 0), a.int(2, "end_dim", -1)) }
    op("unflatten") { a in try a.x.unflatten(a.int(1, "dim"), a.ints(2, "sizes")) }
    op("ravel") { a in try a.x.ravel() }
    op("narrow") { a in try a.x.narrow(a.int(1, "dim"), a.int(2, "start"), a.int(3, "length")) }
    op("select") { a in try a.x.select(a.int(1, "dim"), a.int(2, "index")) }
    op("sum_to_size") { a in try a.x.sumToSize(a.sizes(from: 1)) }
    op("repeat") { a in try a.x.repeat(a.sizes(from: 1)) }
    op("tile") { a in try a.x.tile(a.sizes(from: 1)) }
    op("repeat_interleave") { a in
      let dim = try a.optionalInt(nil, "dim")
      switch try a.operand(1, "repeats") {
      case .number(let count):
        return try a.x.repeatInterleave(Int(count.double), dim: dim)
      case .tensor(let counts):
        return try a.x.repeatInterleave(
          counts, dim: dim, outputSize: a.optionalInt(nil, "output_size"))
      }
    }
    op("flip") { a in try a.x.flip(a.dims(1, "dims")) }
    op("fliplr") { a in try a.x.fliplr() }
    op("flipud") { a in try a.x.flipud() }
    op("roll") { a in
      let dims = try a.optionalInts(2, "dims")
      guard case .one(let shift)? = try a.optionalInts(1, "shifts") else {
        return try a.x.roll(a.ints(1, "shifts"), dim: dims?.all ?? [])
      }
      switch dims {
      case nil: return try a.x.roll(shift)
      case .one(let dim): return try a.x.roll(shift, dim: dim)
      case .many(let dims): return try a.x.roll([shift], dim: dims)
      }
    }
    op("rot90") { a in
      try a.x.rot90(a.int(1, "k", 1), dims: a.optionalInts(2, "dims")?.all ?? [0, 1])
    }
    op("nn.functional.pixel_shuffle") { a in try a.x.pixelShuffle(a.int(1, "upscale_factor")) }
    op("nn.functional.pixel_unshuffle") { a in
      try a.x.pixelUnshuffle(a.int(1, "downscale_factor"))
    }
    op("nn.functional.channel_shuffle") { a in try a.x.channelShuffle(a.int(1, "groups")) }
    op("tril") { a in try a.x.tril(diagonal: a.int(1, "diagonal", 0)) }
    op("triu") { a in try a.x.triu(diagonal: a.int(1, "diagonal", 0)) }
    op("diag") { a in try a.x.diag(a.int(1, "diagonal", 0)) }
    op("diagflat") { a in try a.x.diagflat(a.int(1, "offset", 0)) }
    op("diag_embed") { a in
      try a.x.diagEmbed(
        offset: a.int(1, "offset", 0), dim1: a.int(2, "dim1", -2), dim2: a.int(3, "dim2", -1))
    }
    op("trace") { a in try a.x.trace() }
    for mode in PaddingMode.allCases {
      op("nn.functional.pad.\(mode)") { a in
        if try a.string(2, "mode", "constant") != mode.description { throw Refusal.untyped("mode") }
        return try a.x.pad(a.ints(1, "pad"), mode: mode, value: a.double(3, "value", 0))
      }
    }
  }

  func addCreation() {
    op("zeros") { a in Tensor.zeros(Shape(try a.ints(0)), dtype: try a.dtype(nil)) }
    op("full") { a in
      Tensor.full(Shape(try a.ints(0)), try a.number(1), dtype: try a.optionalDType(nil))
    }
    op("eye") { a in
      Tensor.eye(
        try a.int(0), try a.optionalInt(1), dtype: try a.dtype(nil),
        requiresGrad: try a.bool(nil, "requires_grad", false))
    }
    op("arange") { a in
      let dtype = try a.optionalDType(nil)
      switch a.count {
      case 0: return Tensor.arange(try a.number(nil, "end"), dtype: dtype)
      case 1:
        if a.has("end") {
          return Tensor.arange(
            try a.number(0), try a.number(nil, "end"), step: Number(scalarValue: .int(1)),
            dtype: dtype)
        }
        return Tensor.arange(try a.number(0), dtype: dtype)
      default:
        return Tensor.arange(
          try a.number(0), try a.number(1), step: try a.number(2, "step", 1), dtype: dtype)
      }
    }
    op("linspace") { a in
      Tensor.linspace(
        try a.number(0), try a.number(1), try a.int(2, "steps"), dtype: try a.dtype(nil))
    }
    op("logspace") { a in
      Tensor.logspace(
        try a.number(0), try a.number(1), try a.int(2, "steps"), base: try a.double(3, "base", 10),
        dtype: try a.dtype(nil))
    }
    op("tril_indices") { a in
      Tensor.trilIndices(
        try a.int(0), try a.int(1), offset: try a.int(2, "offset", 0),
        dtype: try a.dtype(nil, "dtype", .int64))
    }
    op("triu_indices") { a in
      Tensor.triuIndices(
        try a.int(0), try a.int(1), offset: try a.int(2, "offset", 0),
        dtype: try a.dtype(nil, "dtype", .int64))
    }
    op("signal.windows.hann") { a in try a.window { Tensor.hannWindow($0, periodic: $1, dtype: $2) }
    }
    op("signal.windows.hamming") { a in
      try a.window { Tensor.hammingWindow($0, periodic: $1, dtype: $2) }
    }
    op("signal.windows.blackman") { a in
      try a.window { Tensor.blackmanWindow($0, periodic: $1, dtype: $2) }
    }
  }
}

extension Arguments {
  /// `torch.signal.windows`, of which Descent has `torch.hann_window` and its like: any floating dtype.
  fileprivate func window(_ make: (Int, Bool, DType) -> Tensor) throws -> Tensor {
    let dtype = try dtype(nil)
    if dtype == .bfloat16 || dtype == .float16 {
      throw Refusal.unsupported("signal.windows as such")
    }
    let window = make(try int(0), !(try bool(nil, "sym", true)), dtype)
    return window.requiresGrad_(try bool(nil, "requires_grad", false))
  }
}
