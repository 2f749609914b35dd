import DescentCore

/// What the convolution layers share: their parameters, sizes and text.
///
/// | parameter | shape | initial values |
/// |---|---|---|
/// | weight | [out, in / groups, taps…], transposed [in, out / groups, taps…] | uniform in ±1/√fan |
/// | bias | [out] | uniform in ±1/√fan |
///
/// The fan is the second size of the weight times the number of taps.
/// - Precondition: the groups divide the channels:
///   `Conv2d: 6 and 9 channels do not divide into 2 groups. Got … Try …`
/// - Source: torch.nn.modules.conv
public class ConvolutionLayer: Module {
  public let inChannels: Int
  public let outChannels: Int
  /// The taps of each spatial dimension.
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: PaddingAmount
  public let dilation: [Int]
  public let outputPadding: [Int]
  public let groups: Int
  /// What lies around the input; nil is zeros.
  public let paddingMode: PaddingMode?
  public var weight: Parameter
  public var bias: Parameter?

  init(
    dims: Int, isTransposed: Bool = false, _ inChannels: Int, _ outChannels: Int,
    _ kernelSize: [Int], stride: [Int], padding: PaddingAmount, dilation: [Int],
    outputPadding: [Int] = [0], groups: Int, bias: Bool, paddingMode: PaddingMode? = nil,
    dtype: DType, generator: Generator?, file: StaticString, line: UInt
  ) {
    if groups < 1 || inChannels % groups != 0 || outChannels % groups != 0 {
      Misuse(
        "Conv\(isTransposed ? "Transpose" : "")\(dims)d",
        "\(inChannels) and \(outChannels) channels do not divide into \(groups) groups",
        got: "groups \(groups)", try: "a divisor of both numbers of channels"
      ).report(file: file, line: line)
    }
    func each(_ sizes: [Int]) -> [Int] {
      sizes.count == 1 ? Array(repeating: sizes[0], count: dims) : sizes
    }
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.kernelSize = each(kernelSize)
    self.stride = each(stride)
    if case .sizes(let sizes) = padding {
      self.padding = .sizes(each(sizes))
    } else {
      self.padding = padding
    }
    self.dilation = each(dilation)
    self.outputPadding = each(outputPadding)
    self.groups = groups
    self.paddingMode = paddingMode
    let (from, to) = isTransposed ? (inChannels, outChannels) : (outChannels, inChannels)
    weight = Parameter(
      Tensor.empty(Shape([from, to / max(groups, 1)] + self.kernelSize), dtype: dtype))
    Init.kaimingUniform_(weight, a: 5.0.squareRoot(), generator: generator)
    if bias {
      let fan = weight.shape.dropFirst().reduce(1, *)
      self.bias = Parameter(drawn: [outChannels], fan: fan, dtype, generator)
    }
  }

  /// The input with its edges as the padding mode says, and the padding that is left to do.
  final func padded(_ x: Tensor) -> (Tensor, PaddingAmount) {
    guard let paddingMode, paddingMode != .constant else { return (x, padding) }
    var pairs: [Int] = []
    for d in (0..<kernelSize.count).reversed() {
      let near = paddingSizes[d]
      pairs += [near, padding == .sameSize ? dilation[d] * (kernelSize[d] - 1) - near : near]
    }
    return (x.pad(pairs, mode: paddingMode), .valid)
  }

  /// The zeros before each spatial dimension.
  final var paddingSizes: [Int] {
    switch padding {
    case .sizes(let sizes): sizes
    case .sameSize: zip(dilation, kernelSize).map { $0 * ($1 - 1) / 2 }
    }
  }

  public override func multiplyAdds(_ input: Tensor, _ output: Tensor) -> Int {
    output.numel() * weight.shape.dropFirst().reduce(1, *)
  }

  public override var extraDescription: String {
    func tuple(_ sizes: [Int]) -> String {
      "(" + sizes.map(String.init).joined(separator: ", ") + (sizes.count == 1 ? ",)" : ")")
    }
    var text =
      "\(inChannels), \(outChannels), kernel_size=\(tuple(kernelSize)), stride=\(tuple(stride))"
    switch padding {
    case .sizes(let sizes):
      if sizes.contains(where: { $0 != 0 }) { text += ", padding=\(tuple(sizes))" }
    case .sameSize: text += ", padding=same"
    }
    if dilation.contains(where: { $0 != 1 }) { text += ", dilation=\(tuple(dilation))" }
    if outputPadding.contains(where: { $0 != 0 }) {
      text += ", output_padding=\(tuple(outputPadding))"
    }
    if groups != 1 { text += ", groups=\(groups)" }
    if bias == nil { text += ", bias=False" }
    if let paddingMode, paddingMode != .constant { text += ", padding_mode=\(paddingMode)" }
    return text
  }
}
