// The programs of five PyTorch tutorials, close to line by line.
//
//   swift run -c release --package-path Examples tutorial              lists them
//   swift run -c release --package-path Examples tutorial NAME [--seed N]

import Descent

let tutorials =
  polynomialTutorials + sampleTutorials + twoLayerTutorials + regressionTutorials
  + gradientTutorials

func printList() {
  print("usage: tutorial NAME [--seed N]\n")
  let width = tutorials.map { $0.name.count }.max() ?? 0
  for tutorial in tutorials {
    let padding = String(repeating: " ", count: width - tutorial.name.count)
    print("  \(tutorial.name)\(padding)  \(tutorial.summary)")
  }
}

var arguments = CommandLine.arguments.dropFirst()
var seed: Int?
if let flag = arguments.firstIndex(of: "--seed") {
  guard flag + 1 < arguments.endIndex, let number = Int(arguments[flag + 1]) else {
    fail("--seed takes a number")
  }
  seed = number
  arguments.removeSubrange(flag...(flag + 1))
}
guard let name = arguments.first else {
  printList()
  exitSuccessfully()
}
guard arguments.count == 1, let tutorial = tutorials.first(where: { $0.name == name }) else {
  fail(
    "there is no tutorial \"\(arguments.joined(separator: " "))\"; without a name the list is printed"
  )
}
if let seed { manualSeed(seed) }
tutorial.run(seed)
