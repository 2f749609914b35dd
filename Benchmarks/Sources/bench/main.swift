// Times rows of work and prints `ROW seconds` (the median of the samples) for each.
//
//   bench [ROW...]

import Descent

struct Row {
  let name: String
  let make: () -> () -> Void
}

/// The median time of one call, from batches of at least a few milliseconds.
func median(_ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  func seconds(_ count: Int) -> Double {
    let time = clock.measure { for _ in 0..<count { body() } }
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }
  var count = 1
  while seconds(count) < 0.01 { count *= 2 }
  return (0..<15).map { _ in seconds(count) / Double(count) }.sorted()[7]
}

let wanted = Set(CommandLine.arguments.dropFirst())
for row in smallRows + trainingRows where wanted.isEmpty || wanted.contains(row.name) {
  manualSeed(0)
  print(row.name, median(row.make()))
}
