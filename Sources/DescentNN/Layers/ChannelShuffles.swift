import DescentCore

/// Turns r² channels into blocks of r x r pixels.
///
/// - Source: torch.nn.PixelShuffle; Shi et al. 2016
public final class PixelShuffle: Module {
  public let upscaleFactor: Int

  /// Makes the layer.
  public init(_ upscaleFactor: Int) {
    self.upscaleFactor = upscaleFactor
  }

  /// - Returns: [..., c, h r, w r] for [..., c r², h, w].
  public override func forward(_ x: Tensor) -> Tensor { x.pixelShuffle(upscaleFactor) }

  public override var extraDescription: String { "upscale_factor=\(upscaleFactor)" }
}

/// Turns blocks of r x r pixels into r² channels.
///
/// - Source: torch.nn.PixelUnshuffle
public final class PixelUnshuffle: Module {
  public let downscaleFactor: Int

  /// Makes the layer.
  public init(_ downscaleFactor: Int) {
    self.downscaleFactor = downscaleFactor
  }

  /// - Returns: [..., c r², h, w] for [..., c, h r, w r].
  public override func forward(_ x: Tensor) -> Tensor { x.pixelUnshuffle(downscaleFactor) }

  public override var extraDescription: String { "downscale_factor=\(downscaleFactor)" }
}

/// Deals out the channels of [n, c, ...]: group after group becomes one of each group in turn.
///
/// - Source: torch.nn.ChannelShuffle; Zhang et al. 2018
public final class ChannelShuffle: Module {
  public let groups: Int

  /// Makes the layer.
  public init(_ groups: Int) {
    self.groups = groups
  }

  public override func forward(_ x: Tensor) -> Tensor { x.channelShuffle(groups) }

  public override var extraDescription: String { "groups=\(groups)" }
}
