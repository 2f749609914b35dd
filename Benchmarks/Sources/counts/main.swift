// What a call of each row takes once it is warm, on one thread, in counts that no other load on the machine
// changes: allocations of any kind, blocks of tensor memory had from the system, kernel calls, page faults.
//
//   counts [ROW...]             a line for each row: allocations blocks kernels faults, of one call
//   counts --repeat N ROW       calls a row 20 + N times and prints nothing: for counters of instructions
//
// Scripts/check-counts.sh holds them against thresholds.txt.

import Counting
import Descent
import Rows

let calls = 20

@MainActor func warm(_ row: Row) -> () -> Tensor {
  manualSeed(0)
  let body = row.make()
  for _ in 0..<calls { _ = body() }
  return body
}

/// Allocations of any kind, blocks of tensor memory from the system, kernel calls, page faults so far.
func counted() -> [Int] {
  [counting_allocations(), Memory.statistics.systemAllocations, Kernels.calls, counting_faults()]
}

Threads.count = 1
var names = Array(CommandLine.arguments.dropFirst())
if names.first == "--repeat" {
  guard names.count == 3, let count = Int(names[1]),
    let row = Row.all.first(where: { $0.name == names[2] })
  else { fatalError("counts: --repeat takes a number and the name of a row. Got \(names).") }
  let body = warm(row)
  for _ in 0..<count { _ = body() }
} else {
  for name in names {
    guard let row = Row.all.first(where: { $0.name == name }) else {
      fatalError("counts: no row has this name. Got \(name).")
    }
    let body = warm(row)
    // The least of three batches: what the system's housekeeping adds now and then is not the row's.
    var taken = [Int](repeating: .max, count: 4)
    for _ in 0..<3 {
      let before = counted()
      for _ in 0..<calls { _ = body() }
      taken = zip(taken, zip(counted(), before).map { $0 - $1 }).map { min($0, $1) }
    }
    print(name, taken.map { String(Double($0) / Double(calls)) }.joined(separator: " "))
  }
}
