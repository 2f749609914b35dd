import Foundation

/// What is asked of a row, and the work that it cannot avoid.
struct Expectation {
  /// One is enough.
  var bars: [Bar]
  /// Floating-point operations of one call.
  var flops = 0.0
  /// Bytes that one call must read and write at least once.
  var bytes = 0.0
  /// Bytes of memory that these lie in, where some are both read and written.
  var set: Double?
  /// Whether results are few, so that the limit is that of reading.
  var onlyReads = false

  enum Bar {
    /// At most this part of PyTorch's better time.
    case ratio(Double)
    /// At most these seconds.
    case seconds(Double)
    /// At most this multiple of the time that the machine's limit allows.
    case limit(Double)
  }

  static func ratio(_ ratio: Double, flops: Double = 0, bytes: Double = 0) -> Self {
    Self(bars: [.ratio(ratio)], flops: flops, bytes: bytes)
  }

  static func seconds(_ seconds: Double) -> Self { Self(bars: [.seconds(seconds)]) }

  /// Nine tenths of PyTorch's time, or 1.15 times what moving the bytes once takes and not above PyTorch.
  static func moving(_ bytes: Double) -> Self {
    Self(bars: [.ratio(0.9), .limit(1.15)], bytes: bytes)
  }

  /// The same where only reading counts.
  static func reading(_ bytes: Double) -> Self {
    Self(bars: [.ratio(0.9), .limit(1.15)], bytes: bytes, onlyReads: true)
  }
}

extension Expectation.Bar {
  var text: String {
    switch self {
    case .ratio(let most): "\(most)x"
    case .seconds(let most): time(most)
    case .limit(let most): "\(String(format: "%.2f", most)) limit"
    }
  }
}
