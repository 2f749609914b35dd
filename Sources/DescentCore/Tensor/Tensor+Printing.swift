/// How tensors are printed; see `setPrintOptions`.
struct PrintOptions: Sendable {
  var precision = 4
  var threshold = 1000
  var edgeItems = 3
  var lineWidth = 80
  /// nil: chosen by the numbers.
  var sciMode: Bool?

  static let current = Locked(PrintOptions())
}

/// Sets how tensors are printed; what is left out stays as it is, but `sciMode` goes back to automatic.
///
/// - Parameters:
///   - precision: digits behind the point, 4 at the start.
///   - threshold: tensors of more elements are summarised with `...`, 1000 at the start.
///   - edgeItems: elements shown at each end of a summarised dimension, 3 at the start.
///   - lineWidth: characters in a line, 80 at the start.
///   - sciMode: scientific notation always or never; nil chooses by the numbers.
/// - Source: torch.set_printoptions
public func setPrintOptions(
  precision: Int? = nil, threshold: Int? = nil, edgeItems: Int? = nil, lineWidth: Int? = nil,
  sciMode: Bool? = nil
) {
  PrintOptions.current.withLock { options in
    if let precision { options.precision = precision }
    if let threshold { options.threshold = threshold }
    if let edgeItems { options.edgeItems = edgeItems }
    if let lineWidth { options.lineWidth = lineWidth }
    options.sciMode = sciMode
  }
}

extension Tensor: CustomStringConvertible {
  /// PyTorch's exact text: `tensor([[1., 2.],\n        [3., 4.]], grad_fn=<MulBackward0>)`.
  ///
  /// Four digits; a point without digits where all numbers are integral; scientific notation where they
  /// differ by more than 1000 times or lie outside 10⁻⁴ … 10⁸; lines of at most 80 characters; the ends
  /// only of tensors above 1000 elements. `setPrintOptions` changes these.
  public final var description: String {
    let prefix = "tensor("
    let options = PrintOptions.current.withLock { $0 }
    var text = prefix
    TensorText(self, options).write(to: &text, indent: prefix.utf8.count)
    text += Tensor.suffixes(suffixes(options), after: text, prefix.utf8.count, options) + ")"
    return self is Parameter ? "Parameter containing:\n" + text : text
  }

  private func suffixes(_ options: PrintOptions) -> [String] {
    var list: [String] = []
    func addSizes() {
      list.append(
        "size=(" + shape.map { "\($0)" }.joined(separator: ", ") + (ndim == 1 ? ",)" : ")"))
    }
    if numel() == 0 {
      if ndim != 1 { addSizes() }
      if dtype != .float32 { list.append("dtype=\(dtype)") }
    } else {
      if options.edgeItems == 0 { addSizes() }
      if dtype != .float32 && dtype != .int64 && dtype != .bool { list.append("dtype=\(dtype)") }
    }
    if let node = gradFn {
      list.append("grad_fn=\(node)")
    } else if requiresGrad {
      list.append("requires_grad=True")
    }
    return list
  }

  /// Suffixes go on the last line while it has room.
  private static func suffixes(
    _ list: [String], after body: String, _ indent: Int, _ options: PrintOptions
  ) -> String {
    let characters = body.utf8
    let newline = characters.lastIndex(of: UInt8(ascii: "\n"))
    var last =
      newline.map { characters.distance(from: $0, to: characters.endIndex) + 1 }
      ?? characters.count + 2
    var text = ""
    for suffix in list {
      if last + suffix.utf8.count + 2 > options.lineWidth {
        text += ",\n" + String(repeating: " ", count: indent) + suffix
        last = indent + suffix.utf8.count
      } else {
        text += ", " + suffix
        last += suffix.utf8.count + 2
      }
    }
    return text
  }
}

/// The text of a tensor's elements, in one format for all that are shown.
private struct TensorText {
  private let tensor: Tensor
  private let options: PrintOptions
  private let summarizes: Bool
  private var integral = true
  private var scientific = false
  private var width = 1

  init(_ tensor: Tensor, _ options: PrintOptions) {
    self.tensor = tensor
    self.options = options
    summarizes = tensor.numel() > options.threshold
    if tensor.numel() > 0 { chooseFormat() }
  }

  func write(to text: inout String, indent: Int) {
    if tensor.numel() == 0 {
      text += "[]"
    } else {
      write(dim: 0, tensor.layout.offset, indent, to: &text)
    }
  }

  /// The positions of a dim that are shown.
  private func shown(_ size: Int) -> [Int] {
    let edge = options.edgeItems
    return isCut(size) ? Array(0..<edge) + Array(size - edge..<size) : Array(0..<size)
  }

  private func isCut(_ size: Int) -> Bool { summarizes && size > 2 * options.edgeItems }

  // MARK: format

  private mutating func chooseFormat() {
    // All places shown; with no edge items PyTorch looks at all of a vector and none of a matrix.
    var places = [tensor.layout.offset]
    for d in 0..<tensor.ndim {
      let size = tensor.shape[d]
      let all = summarizes && options.edgeItems == 0 && tensor.ndim == 1
      let indices = all ? Array(0..<size) : shown(size)
      let stride = tensor.layout.strides[d]
      places = places.flatMap { place in indices.map { place + $0 * stride } }
    }
    if !tensor.dtype.isFloatingPoint {
      for place in places { width = max(width, number(place).utf8.count) }
      return
    }
    let values = places.map { tensor.element($0) }.filter { $0.isFinite && $0 != 0 }
    if values.isEmpty { return }
    integral = values.allSatisfy { abs($0) >= 0x1p53 || $0 == Double(Int64($0)) }
    let least = values.reduce(Double.infinity) { min($0, abs($1)) }
    let largest = values.reduce(0) { max($0, abs($1)) }
    scientific =
      options.sciMode ?? (largest / least > 1000 || largest > 1e8 || least < 1e-4)
    for value in values {
      let extra = integral && !scientific ? 1 : 0
      width = max(width, digits(value).utf8.count + extra)
    }
  }

  private func digits(_ value: Double) -> String {
    String(
      value, digits: integral && !scientific ? 0 : options.precision, scientific: scientific)
  }

  private func number(_ place: Int) -> String {
    switch tensor.dtype {
    case .bool: return tensor.element(place) != 0 ? "True" : "False"
    case .int64: return "\((tensor.storage.data + place * 8).load(as: Int64.self))"
    case .uint8, .int8, .int16, .int32: return "\(Int(tensor.element(place)))"
    case .float16, .bfloat16, .float32, .float64:
      let value = tensor.element(place)
      let text = value.isNaN ? "nan" : digits(value)
      return integral && !scientific && value.isFinite ? text + "." : text
    }
  }

  private func padded(_ place: Int) -> String {
    let text = number(place)
    return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  // MARK: brackets

  /// Recurses over dims, of which there are at most 8.
  private func write(dim: Int, _ offset: Int, _ indent: Int, to text: inout String) {
    let left = tensor.ndim - dim
    if left == 0 {
      text += padded(offset)
      return
    }
    let size = tensor.shape[dim]
    let stride = tensor.layout.strides[dim]
    text += "["
    if left == 1 {
      writeVector(size, stride, offset, indent, to: &text)
    } else {
      let separator =
        "," + String(repeating: "\n", count: left - 1) + String(repeating: " ", count: indent + 1)
      let indices = shown(size)
      let cut = isCut(size) ? options.edgeItems : -1
      if indices.isEmpty { text += "..." }
      for (i, index) in indices.enumerated() {
        if i > 0 { text += separator }
        if i == cut { text += "..." + separator }
        write(dim: dim + 1, offset + index * stride, indent + 1, to: &text)
      }
    }
    text += "]"
  }

  private func writeVector(
    _ size: Int, _ stride: Int, _ offset: Int, _ indent: Int, to text: inout String
  ) {
    let perLine = max(1, (options.lineWidth - indent) / (width + 2))
    let indices = shown(size)
    let cut = isCut(size) ? options.edgeItems : -1
    if indices.isEmpty { text += "..." }
    var written = 0
    func separate() {
      if written > 0 {
        let endsLine = written % perLine == 0
        text += endsLine ? ",\n" + String(repeating: " ", count: indent + 1) : ", "
      }
      written += 1
    }
    for (i, index) in indices.enumerated() {
      if i == cut {
        separate()
        text += " ..."
      }
      separate()
      text += padded(offset + index * stride)
    }
  }
}
