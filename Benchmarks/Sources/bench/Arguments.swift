import Rows

/// What the command line asks for:  bench [--threads N] [--peak] [ROW...]
struct Arguments {
  var threads = 2
  var onlyPeak = false
  var wanted: [String] = []

  init(_ words: [String]) {
    var words = words[...]
    while let word = words.popFirst() {
      switch word {
      case "--threads":
        guard let count = words.popFirst().flatMap({ Int($0) }) else {
          fatalError("bench: --threads takes a number.")
        }
        threads = count
      case "--peak": onlyPeak = true
      default: wanted.append(word)
      }
    }
  }

  /// Whether a row is asked for: all are, or those whose names begin so; a peak is asked for by the whole name.
  func wants(_ row: Row) -> Bool {
    if onlyPeak { return wanted.contains(row.name) }
    return wanted.isEmpty || wanted.contains { row.name.hasPrefix($0) }
  }
}
