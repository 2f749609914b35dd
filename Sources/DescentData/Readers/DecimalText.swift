/// Numbers from text, for tables of millions of them.
enum DecimalText {
  /// The value of a plain decimal number such as `-12.5` or `3e-4`, or nil if the text is anything
  /// else or too long for this path, in which case `Double(String)` decides.
  ///
  /// Up to 15 digits and powers of ten up to 22 are exact as `Double`, so one product or quotient of both
  /// is rounded once and therefore correctly.
  ///
  /// - Source: W. D. Clinger, How to read floating point numbers accurately, 1990.
  static func fastValue(_ text: ArraySlice<UInt8>) -> Double? {
    var at = text.startIndex
    let end = text.endIndex
    var isNegative = false
    if at < end, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    var mantissa = 0
    var digits = 0
    var exponent = 0
    var hasPoint = false
    while at < end {
      let byte = text[at]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        mantissa = mantissa * 10 + Int(byte - UInt8(ascii: "0"))
        digits += 1
        if hasPoint { exponent -= 1 }
        if digits > 15 { return nil }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    if at < end {
      guard text[at] == UInt8(ascii: "e") || text[at] == UInt8(ascii: "E"), end - at <= 4,
        let power = Int(String(decoding: text[(at + 1)...], as: UTF8.self))
      else { return nil }
      exponent += power
    }
    guard exponent.magnitude <= 22 else { return nil }
    let whole = Double(mantissa)
    let value =
      exponent < 0 ? whole / powers[-exponent] : whole * powers[exponent]
    return isNegative ? -value : value
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
