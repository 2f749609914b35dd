import Foundation

/// A line that `bench`, `torch_rows`, `limits` or `launch` prints.
struct Measurement: Codable {
  var side: String?
  var row: String?
  var threads: Int?
  var seconds: Double?
  var sum: Double?
  var squares: Double?
  /// The largest resident size, in bytes.
  var peak: Double?
  /// `flops`, `bytes` or `reads`, at `rate` a second for a set of `size` bytes.
  var limit: String?
  var size: Double?
  var rate: Double?
}

/// The middle one of several rounds: pages lie well or badly in a shared cache for as long as a process lives,
/// so that the best round of a side would be its luck. The lower one of two.
func middle(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
}

/// What the machine can do at most with a number of threads.
struct Limits {
  private(set) var flops = 0.0
  /// Bytes a second of a sum of two arrays, and of reading alone, by the size of the set.
  private var moving: [Double: [Double]] = [:]
  private var reading: [Double: [Double]] = [:]

  init(_ lines: [Measurement]) {
    for line in lines {
      guard let limit = line.limit, let rate = line.rate, let size = line.size else { continue }
      switch limit {
      case "flops": flops = max(flops, rate)
      case "reads": reading[size, default: []].append(rate)
      default: moving[size, default: []].append(rate)
      }
    }
  }

  /// The seconds that the work takes at least; nil if the limit is not known.
  func seconds(_ work: Expectation) -> Double? {
    guard work.flops > 0 || work.bytes > 0, flops > 0,
      let rate = bandwidth(work.onlyReads ? reading : moving, of: work.set ?? work.bytes)
    else { return nil }
    return max(work.flops / flops, work.bytes / rate)
  }

  /// The rate for a set of this size: between two measured sizes on the line through both, by logarithms.
  private func bandwidth(_ rates: [Double: [Double]], of size: Double) -> Double? {
    let known = rates.compactMapValues(middle).sorted { $0.key < $1.key }
    guard let first = known.first, let last = known.last else { return nil }
    guard let above = known.first(where: { $0.key >= size }) else { return last.value }
    guard let below = known.last(where: { $0.key < size }) else { return first.value }
    let share = log(size / below.key) / log(above.key / below.key)
    return below.value * pow(above.value / below.value, share)
  }
}
