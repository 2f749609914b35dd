#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func sineAndCosine(_ angle: Double) -> (Double, Double) { (sin(angle), cos(angle)) }
func log10Of(_ value: Double) -> Double { log10(value) }
func powerOf10(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
func powerOf10Of(_ exponent: Double) -> Double { pow(10, exponent) }

/// A number with a fixed count of digits after the point, with `-` as its sign.
func fixed(_ value: Double, decimals: Int) -> String {
  let decimals = min(max(decimals, 0), 15)
  let scaled = (value.magnitude * powerOf10(decimals)).rounded()
  guard scaled < 1e18 else { return "\(value)" }
  var digits = String(UInt64(scaled))
  while digits.count <= decimals { digits = "0" + digits }
  let sign = value < 0 && scaled > 0 ? "-" : ""
  if decimals == 0 { return sign + digits }
  return "\(sign)\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
}

/// A coordinate for a text format: two decimals, without zeros at its end.
func compact(_ value: Double) -> String {
  var text = fixed(value, decimals: 2)
  while text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}
