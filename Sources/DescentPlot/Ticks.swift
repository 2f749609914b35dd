/// The marks of an axis: where they stand and what they say.
struct Ticks: Equatable {
  struct Mark: Equatable {
    var value: Double
    var text: String
    var superscript = ""
  }

  var major: [Mark] = []
  /// Unlabelled marks between powers of ten.
  var minor: [Double] = []

  /// Chooses marks from `low` to `high`, at most `most` intervals.
  init(_ low: Double, _ high: Double, scale: AxisScale, most: Int) {
    switch scale {
    case .linear: major = Self.linear(low, high, most: max(most, 1))
    case .log:
      let (marks, between) = Self.logarithmic(low, high, most: max(most, 1))
      major = marks
      minor = between
      // Less than a decade or so: powers of ten alone would leave the axis bare.
      if major.count < 2 { major = Self.linear(low, high, most: max(most, 1)) }
    }
  }

  /// Steps of 1, 2, 2.5 or 5 times a power of ten, as matplotlib's.
  private static func linear(_ low: Double, _ high: Double, most: Int) -> [Mark] {
    let span = high - low
    guard span > 0, span.isFinite else { return [] }
    let rough = span / Double(most)
    var exponent = Int(log10Of(rough).rounded(.down))
    var step = 1.0
    var isQuarter = false
    search: while true {
      for factor in [1, 2, 2.5, 5] {
        step = factor * powerOf10(exponent)
        // A tolerance so that rounding does not turn 0.2 into the next larger step.
        if step >= rough * 0.999_999 {
          isQuarter = factor == 2.5
          break search
        }
      }
      exponent += 1
    }
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard first <= last, last - first < 1000 else { return [] }
    let values = (0...Int(last - first)).map { (first + Double($0)) * step }
    let largest = values.reduce(0) { max($0, $1.magnitude) }
    let decimals = max(0, -exponent + (isQuarter ? 1 : 0))
    let isScientific = largest >= 1e6 || largest < 1e-3
    return values.map { value in
      // Products such as 3 * 0.1 are only nearly 0.3; zero must be exactly zero.
      let clean = value.magnitude < step / 1000 ? 0 : value
      let text =
        isScientific
        ? scientific(clean, stepExponent: exponent - (isQuarter ? 1 : 0))
        : fixed(clean, decimals: decimals)
      return Mark(value: clean, text: withMinus(text))
    }
  }

  /// `2.5e6`: as many digits as the step of the axis needs, and none for zero.
  private static func scientific(_ value: Double, stepExponent: Int) -> String {
    guard value != 0 else { return "0" }
    var exponent = Int(log10Of(value.magnitude).rounded(.down))
    if value.magnitude / powerOf10(exponent) > 9.999_999_999 { exponent += 1 }
    var mantissa = fixed(value / powerOf10(exponent), decimals: exponent - stepExponent)
    if mantissa.contains(".") {
      while mantissa.hasSuffix("0") { mantissa.removeLast() }
      if mantissa.hasSuffix(".") { mantissa.removeLast() }
    }
    return "\(mantissa)e\(exponent)"
  }

  private static func logarithmic(
    _ low: Double, _ high: Double, most: Int
  ) -> (major: [Mark], minor: [Double]) {
    guard low > 0, high > low, high.isFinite else { return ([], []) }
    let first = Int((log10Of(low) - 1e-9).rounded(.up))
    let last = Int((log10Of(high) + 1e-9).rounded(.down))
    let stride = max(1, (last - first + most) / most)
    var major: [Mark] = []
    var minor: [Double] = []
    for exponent in Swift.stride(from: first - 1, through: last, by: 1) {
      if exponent >= first && (exponent - first) % stride == 0 {
        major.append(
          Mark(
            value: powerOf10(exponent), text: "10", superscript: withMinus("\(exponent)")))
      } else if exponent >= first {
        minor.append(powerOf10(exponent))
      }
      guard stride == 1 else { continue }
      for factor in 2...9 {
        let value = Double(factor) * powerOf10(exponent)
        if value >= low && value <= high { minor.append(value) }
      }
    }
    return (major, minor)
  }

  /// The text with a typographic minus sign, as wide as a digit.
  private static func withMinus(_ text: String) -> String {
    String(text.map { $0 == "-" ? "\u{2212}" : $0 })
  }
}
