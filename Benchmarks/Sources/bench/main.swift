// Times rows of work and prints a line of JSON for each: the median of the samples, and the sum of the
// result's elements and of their squares, by which `report` compares the results of both sides.
//
//   bench [--threads N] [--peak] [ROW...]     rows are named, or the beginning of several
//
// With --peak the work runs five times and the line says the largest resident size so far: ask for one row.

import Descent
import Rows

let arguments = Arguments(Array(CommandLine.arguments.dropFirst()))
Threads.count = arguments.threads
for row in Row.all where arguments.wants(row) {
  manualSeed(0)
  let body = row.make()
  let head = "{\"side\":\"descent\",\"row\":\"\(row.name)\",\"threads\":\(arguments.threads)"
  if arguments.onlyPeak {
    for _ in 0..<5 { _ = body() }
    print("\(head),\"peak\":\(peakBytes())}")
    continue
  }
  let first = body()
  let result = noGrad { first.detach().reshape(-1).to(.float64) }
  let (sum, squares) = (result.sum().item(), result.square().sum().item())
  print("\(head),\"seconds\":\(median { _ = body() }),\"sum\":\(sum),\"squares\":\(squares)}")
}
