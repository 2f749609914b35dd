// Times rows of work and prints for each `ROW seconds sum squares`: the median of the samples, and the sum
// of the result's elements and of their squares, by which run.sh compares the results of both sides.
//
//   bench [ROW...]     a row's name, or the beginning of several

import Descent

let wanted = CommandLine.arguments.dropFirst()
let rows =
  smallRows + trainingRows + elementwiseRows + structureRows + productRows + convolutionRows
  + poolingRows + visionRows + recurrentRows + optimizerRows
for row in rows where wanted.isEmpty || wanted.contains(where: { row.name.hasPrefix($0) }) {
  manualSeed(0)
  let body = row.make()
  let first = body()
  let result = noGrad { first.detach().reshape(-1).to(.float64) }
  print(row.name, median { _ = body() }, result.sum().item(), result.square().sum().item())
}
