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

    op("cat") { a in Tensor.cat(try a.tensors(0), dim: try a.int(1, "dim", 0)) }
    op("stack") { a in Tensor.stack(try a.tensors(0), dim: try a.int(1, "dim", 0)) }

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
  }
}
