// Channels moved into space and back, and channels dealt out anew.

extension Tensor {
  /// Turns r² channels into blocks of r x r pixels: [..., c r², h, w] becomes [..., c, h r, w r].
  ///
  /// - Precondition: at least 3 dimensions, r > 0, channels divisible by r².
  /// - Gradient: `pixelUnshuffle` of g.
  /// - Source: torch.nn.functional.pixel_shuffle; Shi et al. 2016
  public final func pixelShuffle(
    _ upscaleFactor: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let r = upscaleFactor
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.image("pixelShuffle", self.shape, factor: r)
      if self.shape[-3] % (r * r) != 0 {
        throw Misuse(
          "pixelShuffle", "the channels do not divide by the factor's square",
          got: "factor \(r) for \(self.shape.brackets)", try: "a multiple of \(r * r) channels")
      }
    }
    if checked == nil { return .poison }
    let (front, c, h, w) = (Array(shape.dropLast(3)), shape[-3] / (r * r), shape[-2], shape[-1])
    let n = front.count
    let output = noGrad {
      reshape(front + [c, r, r, h, w])
        .permute(Array(0..<n) + [n, n + 3, n + 1, n + 4, n + 2]).contiguous()
        .reshape(front + [c, h * r, w * r])
    }
    if recording(self) {
      output.record("PixelShuffleBackward0", TensorList(self), file: file, line: line) { step, g in
        step.give(0, g.pixelUnshuffle(r))
      }
    }
    return output
  }

  /// Turns blocks of r x r pixels into r² channels: [..., c, h r, w r] becomes [..., c r², h, w].
  ///
  /// - Precondition: at least 3 dimensions, r > 0, height and width divisible by r.
  /// - Gradient: `pixelShuffle` of g.
  /// - Source: torch.nn.functional.pixel_unshuffle
  public final func pixelUnshuffle(
    _ downscaleFactor: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let r = downscaleFactor
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      try Rules.image("pixelUnshuffle", self.shape, factor: r)
      if self.shape[-2] % r != 0 || self.shape[-1] % r != 0 {
        throw Misuse(
          "pixelUnshuffle", "height or width does not divide by the factor",
          got: "factor \(r) for \(self.shape.brackets)", try: "multiples of \(r)")
      }
    }
    if checked == nil { return .poison }
    let (front, c, h, w) = (Array(shape.dropLast(3)), shape[-3], shape[-2] / r, shape[-1] / r)
    let n = front.count
    let output = noGrad {
      reshape(front + [c, h, r, w, r])
        .permute(Array(0..<n) + [n, n + 2, n + 4, n + 1, n + 3]).contiguous()
        .reshape(front + [c * r * r, h, w])
    }
    if recording(self) {
      output.record("PixelUnshuffleBackward0", TensorList(self), file: file, line: line) {
        step, g in
        step.give(0, g.pixelShuffle(r))
      }
    }
    return output
  }

  /// Deals out the channels of [n, c, ...]: group after group becomes one of each group in turn.
  ///
  /// - Precondition: more than 2 dimensions, groups > 0, channels divisible by them.
  /// - Gradient: g dealt back.
  /// - Source: torch.nn.functional.channel_shuffle; Zhang et al. 2018
  public final func channelShuffle(
    _ groups: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let checked: Void? = attempt(file: file, line: line) { () throws(Misuse) in
      if self.ndim < 3 || groups < 1 || self.shape[1] % groups != 0 {
        throw Misuse(
          "channelShuffle", "the channels of [n, c, ...] do not divide into the groups",
          got: "\(groups) groups for \(self.shape.brackets)",
          try: "a positive number that divides the channels")
      }
    }
    if checked == nil { return .poison }
    let (full, each) = (shape, shape[1] / groups)
    let output = noGrad {
      reshape([full[0], groups, each, full.dropFirst(2).reduce(1, *)]).transpose(1, 2).contiguous()
        .reshape(Array(full))
    }
    if recording(self) {
      output.record("ChannelShuffleBackward0", TensorList(self), file: file, line: line) {
        step, g in
        step.give(0, g.channelShuffle(Swift.max(each, 1)))
      }
    }
    return output
  }
}

extension Rules {
  static func image(_ operation: String, _ shape: Shape, factor: Int) throws(Misuse) {
    if shape.count < 3 || factor < 1 {
      throw Misuse(
        operation, "channels, height and width and a positive factor are needed",
        got: "factor \(factor) for \(shape.brackets)", try: "unsqueeze(0), or a factor from 1 up")
    }
  }
}
