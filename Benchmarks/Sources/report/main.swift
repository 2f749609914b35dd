// Reads the lines of JSON that run.sh gathers, prints the table and writes it as JSON to the named file.
// The exit status is 1 if results of both sides differ.
//
//   report FILE.json < lines

import Foundation

let decoder = JSONDecoder()
var measurements: [Measurement] = []
while let text = readLine() {
  do {
    measurements.append(try decoder.decode(Measurement.self, from: Data(text.utf8)))
  } catch {
    print("not a measurement: \(text)")
    exit(1)
  }
}

struct Key: Hashable {
  let row: String
  let threads: Int
}

let limits = Dictionary(grouping: measurements.filter { $0.limit != nil }) { $0.threads ?? 2 }
  .mapValues(Limits.init)
let timed = measurements.filter { $0.row != nil && $0.seconds != nil }
let groups = Dictionary(grouping: timed) { Key(row: $0.row!, threads: $0.threads ?? 2) }
var seen: Set<Key> = []
let lines = timed.map { Key(row: $0.row!, threads: $0.threads ?? 2) }
  .filter { seen.insert($0).inserted }
  .map { Line(row: $0.row, threads: $0.threads, groups[$0]!, limits[$0.threads]) }

func pad(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func fixed(_ number: Double?, _ digits: Int) -> String {
  number.map { String(format: "%.\(digits)f", $0) } ?? "-"
}

print(
  "row".padding(toLength: 34, withPad: " ", startingAt: 0) + pad("Descent", 11)
    + pad("PyTorch", 11) + pad("default", 11) + pad("ratio", 8) + pad("of limit", 10)
    + "  bar")
for line in lines {
  let name = line.threads == 2 ? line.row : "\(line.row) \(line.threads)T"
  print(
    name.padding(toLength: 34, withPad: " ", startingAt: 0)
      + pad(line.descent.map(time) ?? "-", 11) + pad(line.torchTuned.map(time) ?? "-", 11)
      + pad(line.torchDefault.map(time) ?? "-", 11) + pad(fixed(line.ratio, 3), 8)
      + pad(fixed(line.ofLimit, 2), 10)
      + (line.bar.map { "  \($0) " } ?? "  ") + (line.passes.map { $0 ? "pass" : "MISS" } ?? "")
      + (line.difference.map { "  RESULTS DIFFER: \($0)" } ?? ""))
}

/// Of 1,024 x 1,024 bytes, as in the figures that the bars were set by.
private let megabyte = 1_048_576.0

/// The largest resident sizes. The bar of the training rows is 0.6 of PyTorch's, that of start-up 12 MB.
struct Memory: Encodable {
  let row: String
  let descent: Double
  let torch: Double?

  var bar: String { row.hasPrefix("B11") ? "12 MB" : "0.6x" }
  var passes: Bool? {
    row.hasPrefix("B11") ? descent <= 12 * megabyte : torch.map { descent <= 0.6 * $0 }
  }
}
let memories = Dictionary(grouping: measurements.filter { $0.peak != nil }) { $0.row ?? "" }
  .sorted { $0.key < $1.key }
  .compactMap { row, lines -> Memory? in
    let own = lines.filter { $0.side == "descent" }.compactMap(\.peak).min()
    let other = lines.filter { $0.side != "descent" }.compactMap(\.peak).min()
    return own.map { Memory(row: row, descent: $0, torch: other) }
  }
if !memories.isEmpty { print("\nlargest resident size") }
for memory in memories {
  let ratio = memory.torch.map { memory.descent / $0 }
  print(
    memory.row.padding(toLength: 34, withPad: " ", startingAt: 0)
      + pad(String(format: "%.1f MB", memory.descent / megabyte), 11)
      + pad(memory.torch.map { String(format: "%.1f MB", $0 / megabyte) } ?? "-", 11) + pad("", 11)
      + pad(fixed(ratio, 3), 8) + pad(memory.bar, 16) + " "
      + (memory.passes.map { $0 ? "pass" : "MISS" } ?? ""))
}

/// How time grows with the size of the work: the slope of its logarithm.
struct Growth: Encodable {
  let name: String
  let exponent: Double
}
let growth = growths.compactMap { name, rows -> Growth? in
  let points = rows.compactMap { row, size in
    lines.first { $0.row == row && $0.threads == 2 }?.descent.map { (x: log(size), y: log($0)) }
  }
  guard points.count == rows.count else { return nil }
  let n = Double(points.count)
  let (mx, my) = (points.map(\.x).reduce(0, +) / n, points.map(\.y).reduce(0, +) / n)
  let slope =
    points.map { ($0.x - mx) * ($0.y - my) }.reduce(0, +)
    / points.map { ($0.x - mx) * ($0.x - mx) }.reduce(0, +)
  return Growth(name: name, exponent: slope)
}
if !growth.isEmpty { print("\ntime grows as the work to the power of") }
for line in growth { print("\(line.name)  \(fixed(line.exponent, 3))") }

for (threads, limit) in limits.sorted(by: { $0.key > $1.key }) {
  print(String(format: "\nlimit with %d threads: %.0f GFLOP/s", threads, limit.flops / 1e9))
}

struct Results: Encodable {
  let rows: [Line]
  let memory: [Memory]
  let growth: [Growth]
}
let encoder = JSONEncoder()
encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
let path = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "results.json"
do {
  try encoder.encode(Results(rows: lines, memory: memories, growth: growth))
    .write(to: URL(fileURLWithPath: path))
} catch {
  print("report: the results cannot be written. Got \(path), \(error).")
  exit(1)
}
let missed = lines.filter { $0.passes == false }.count
print(
  "\n\(lines.filter { $0.passes == true }.count) bars passed, \(missed) missed; all numbers in \(path)"
)
if lines.contains(where: { $0.difference != nil }) { exit(1) }
