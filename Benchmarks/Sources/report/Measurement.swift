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
  /// `flops` or `bytes`, at `rate` a second for a set of `size` bytes.
  var limit: String?
  var size: Double?
  var rate: Double?
}

/// What the machine can do at most with a number of threads.
struct Limits {
  private(set) var flops = 0.0
  private var bandwidths: [(size: Double, rate: Double)] = []

  init(_ lines: [Measurement]) {
    for line in lines {
      guard let limit = line.limit, let rate = line.rate, let size = line.size else { continue }
      if limit == "flops" {
        flops = max(flops, rate)
      } else if let known = bandwidths.firstIndex(where: { $0.size == size }) {
        bandwidths[known].rate = max(bandwidths[known].rate, rate)
      } else {
        bandwidths.append((size, rate))
      }
    }
    bandwidths.sort { $0.size < $1.size }
  }

  /// The seconds that the work takes at least; nil if the limit is not known.
  func seconds(_ work: Expectation) -> Double? {
    guard work.flops > 0 || work.bytes > 0, flops > 0, !bandwidths.isEmpty else { return nil }
    // The set's bandwidth: between two measured sizes the larger rate, since a part stays nearer.
    let below = bandwidths.last { $0.size <= work.bytes } ?? bandwidths[0]
    return max(work.flops / flops, work.bytes / below.rate)
  }
}
