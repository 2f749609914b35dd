import Foundation

/// A line of the table: the best of each side, against what is asked.
struct Line: Encodable {
  let row: String
  let threads: Int
  let descent: Double?
  let torchTuned: Double?
  let torchDefault: Double?
  /// Descent's by PyTorch's better one.
  let ratio: Double?
  /// The part of the machine's limit that Descent reaches.
  let ofLimit: Double?
  let bar: String?
  let passes: Bool?
  /// What differs between the results of both sides, if something does.
  let difference: String?

  init(row: String, threads: Int, _ measurements: [Measurement], _ limits: Limits?) {
    func seconds(_ side: String) -> Double? {
      middle(measurements.filter { $0.side == side }.compactMap(\.seconds))
    }
    let descent = seconds("descent")
    (torchTuned, torchDefault) = (seconds("torch-tuned"), seconds("torch-default"))
    let rival = [torchTuned, torchDefault].compactMap { $0 }.min()
    let ratio = rival.flatMap { rival in descent.map { $0 / rival } }
    let expectation = expectations[row]
    let least = expectation.flatMap { limits?.seconds($0) }
    let ofLimit = least.flatMap { least in descent.map { least / $0 } }
    (self.row, self.threads, self.descent, self.ratio, self.ofLimit) = (
      row, threads, descent, ratio, ofLimit
    )
    // Bars are those of two threads; with one only the limit is asked.
    let bars = (expectation?.bars ?? []).filter { bar in
      if case .limit = bar { true } else { threads > 1 || rival == nil }
    }
    bar = bars.isEmpty ? nil : bars.map(\.text).joined(separator: " or ")
    let verdicts = bars.compactMap { bar -> Bool? in
      switch bar {
      case .ratio(let most): ratio.map { $0 <= most }
      case .seconds(let most): descent.map { $0 <= most }
      case .limit(let most): ofLimit.map { 1 / $0 <= most && (ratio ?? 0) <= 1 }
      }
    }
    passes = verdicts.isEmpty ? nil : verdicts.contains(true)
    difference = Self.difference(measurements)
  }

  /// Sums differ by rounding: they are held beside the root of the squares.
  private static func difference(_ measurements: [Measurement]) -> String? {
    guard let own = measurements.first(where: { $0.side == "descent" && $0.sum != nil }),
      let other = measurements.first(where: { $0.side != "descent" && $0.sum != nil }),
      let (a, b) = own.sum.flatMap({ a in other.sum.map { (a, $0) } }),
      let (aa, bb) = own.squares.flatMap({ a in other.squares.map { (a, $0) } })
    else { return nil }
    let near =
      abs(a - b) <= 1e-3 * (bb.squareRoot() + abs(b) + 1e-9) && abs(aa - bb) <= 1e-3 * (bb + 1e-9)
    return near ? nil : "sums \(a) and \(b), of squares \(aa) and \(bb)"
  }
}

/// Seconds in the unit that suits.
func time(_ seconds: Double) -> String {
  if seconds < 1e-6 { return String(format: "%.0f ns", seconds * 1e9) }
  if seconds < 1e-3 { return String(format: "%.2f us", seconds * 1e6) }
  return String(format: "%.2f ms", seconds * 1e3)
}
