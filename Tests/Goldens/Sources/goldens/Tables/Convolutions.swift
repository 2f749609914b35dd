import Descent

extension OpTable {
  func addConvolutions() {
    op("nn.functional.conv1d") { a in
      try a.x.conv1d(
        a.tensor(1, "weight"), a.optionalTensor(2, "bias"), stride: a.sizes(3, "stride", 1),
        padding: a.padding(4), dilation: a.sizes(5, "dilation", 1), groups: a.int(6, "groups", 1))
    }
    op("nn.functional.conv2d") { a in
      try a.x.conv2d(
        a.tensor(1, "weight"), a.optionalTensor(2, "bias"), stride: a.sizes(3, "stride", 1),
        padding: a.padding(4), dilation: a.sizes(5, "dilation", 1), groups: a.int(6, "groups", 1))
    }
    op("nn.functional.conv3d") { a in
      try a.x.conv3d(
        a.tensor(1, "weight"), a.optionalTensor(2, "bias"), stride: a.sizes(3, "stride", 1),
        padding: a.padding(4), dilation: a.sizes(5, "dilation", 1), groups: a.int(6, "groups", 1))
    }
    op("nn.functional.conv_transpose1d") { a in
      try a.x.convTranspose1d(
        a.tensor(1, "weight"), a.optionalTensor(2, "bias"), stride: a.sizes(3, "stride", 1),
        padding: a.sizes(4, "padding", 0), outputPadding: a.sizes(5, "output_padding", 0),
        groups: a.int(6, "groups", 1), dilation: a.sizes(7, "dilation", 1))
    }
    op("nn.functional.conv_transpose2d") { a in
      try a.x.convTranspose2d(
        a.tensor(1, "weight"), a.optionalTensor(2, "bias"), stride: a.sizes(3, "stride", 1),
        padding: a.sizes(4, "padding", 0), outputPadding: a.sizes(5, "output_padding", 0),
        groups: a.int(6, "groups", 1), dilation: a.sizes(7, "dilation", 1))
    }
    op("nn.functional.conv_transpose3d") { a in
      try a.x.convTranspose3d(
        a.tensor(1, "weight"), a.optionalTensor(2, "bias"), stride: a.sizes(3, "stride", 1),
        padding: a.sizes(4, "padding", 0), outputPadding: a.sizes(5, "output_padding", 0),
        groups: a.int(6, "groups", 1), dilation: a.sizes(7, "dilation", 1))
    }
  }
}

extension ModuleTable {
  func addConvolutions() {
    module("Conv1d") { a in
      Conv1d(
        try a.int(0, "in_channels"), try a.int(1, "out_channels"), try a.sizes(2, "kernel_size", 1),
        stride: try a.sizes(3, "stride", 1), padding: try a.padding(4),
        dilation: try a.sizes(5, "dilation", 1), groups: try a.int(6, "groups", 1),
        bias: try a.bool(7, "bias", true), paddingMode: try a.paddingMode(8))
    }
    module("ConvTranspose1d") { a in
      ConvTranspose1d(
        try a.int(0, "in_channels"), try a.int(1, "out_channels"), try a.sizes(2, "kernel_size", 1),
        stride: try a.sizes(3, "stride", 1), padding: try a.sizes(4, "padding", 0),
        outputPadding: try a.sizes(5, "output_padding", 0), groups: try a.int(6, "groups", 1),
        bias: try a.bool(7, "bias", true), dilation: try a.sizes(8, "dilation", 1))
    }
    module("Conv2d") { a in
      Conv2d(
        try a.int(0, "in_channels"), try a.int(1, "out_channels"), try a.sizes(2, "kernel_size", 1),
        stride: try a.sizes(3, "stride", 1), padding: try a.padding(4),
        dilation: try a.sizes(5, "dilation", 1), groups: try a.int(6, "groups", 1),
        bias: try a.bool(7, "bias", true), paddingMode: try a.paddingMode(8))
    }
    module("ConvTranspose2d") { a in
      ConvTranspose2d(
        try a.int(0, "in_channels"), try a.int(1, "out_channels"), try a.sizes(2, "kernel_size", 1),
        stride: try a.sizes(3, "stride", 1), padding: try a.sizes(4, "padding", 0),
        outputPadding: try a.sizes(5, "output_padding", 0), groups: try a.int(6, "groups", 1),
        bias: try a.bool(7, "bias", true), dilation: try a.sizes(8, "dilation", 1))
    }
    module("Conv3d") { a in
      Conv3d(
        try a.int(0, "in_channels"), try a.int(1, "out_channels"), try a.sizes(2, "kernel_size", 1),
        stride: try a.sizes(3, "stride", 1), padding: try a.padding(4),
        dilation: try a.sizes(5, "dilation", 1), groups: try a.int(6, "groups", 1),
        bias: try a.bool(7, "bias", true), paddingMode: try a.paddingMode(8))
    }
    module("ConvTranspose3d") { a in
      ConvTranspose3d(
        try a.int(0, "in_channels"), try a.int(1, "out_channels"), try a.sizes(2, "kernel_size", 1),
        stride: try a.sizes(3, "stride", 1), padding: try a.sizes(4, "padding", 0),
        outputPadding: try a.sizes(5, "output_padding", 0), groups: try a.int(6, "groups", 1),
        bias: try a.bool(7, "bias", true), dilation: try a.sizes(8, "dilation", 1))
    }
  }
}

extension Arguments {
  /// One number or one a spatial dimension.
  func sizes(_ position: Int?, _ name: String, _ fallback: Int) throws -> [Int] {
    guard let value = value(position, name) else { return [fallback] }
    if let number = value.int { return [number] }
    guard let list = value.sequence else { throw Refusal.untyped("\(name) is no size") }
    return list.compactMap(\.int)
  }

  /// The padding of a convolution.
  func padding(_ position: Int?) throws -> PaddingAmount {
    switch value(position, "padding")?.string {
    case "same": .sameSize
    case "valid": .valid
    default: .sizes(try sizes(position, "padding", 0))
    }
  }

  /// What lies around the input of a convolution.
  func paddingMode(_ position: Int?) throws -> PaddingMode? {
    guard let name = value(position, "padding_mode")?.string, name != "zeros" else { return nil }
    guard let mode = PaddingMode(rawValue: name) else {
      throw Refusal.untyped("no padding mode \(name)")
    }
    return mode
  }
}
