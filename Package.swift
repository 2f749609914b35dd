// swift-tools-version: 6.1
import PackageDescription

// Arrows point only downwards in this list; Scripts/check-imports.sh enforces them.
//
//   Descent          the umbrella: `import Descent` is all a program needs
//   DescentPlot      figures (SVG, PNG, terminal) and computation graphs
//   DescentIO        model and array files: safetensors, npy
//   DescentData      data sets, samplers, loaders, readers of tables and images
//   DescentOptim     optimizers
//   DescentNN        modules, layers, losses, initialisers
//   DescentCore      tensors, autograd, operations, random numbers
//   DescentZlib      the system's zlib, found at run time (no header needed to build)
//   CDescent         kernels in C11
let package = Package(
  name: "Descent",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "Descent", targets: ["Descent"])
  ],
  targets: [
    .target(name: "CDescent"),
    .target(name: "DescentZlib"),
    .target(name: "DescentCore", dependencies: ["CDescent"]),
    .target(name: "DescentNN", dependencies: ["DescentCore"]),
    .target(name: "DescentOptim", dependencies: ["DescentCore"]),
    .target(name: "DescentData", dependencies: ["DescentCore", "DescentZlib"]),
    .target(name: "DescentIO", dependencies: ["DescentCore"]),
    .target(name: "DescentPlot", dependencies: ["DescentCore", "DescentZlib"]),
    .target(
      name: "Descent",
      dependencies: [
        "DescentCore", "DescentNN", "DescentOptim", "DescentData", "DescentIO", "DescentPlot",
      ]),
    .testTarget(name: "DescentCoreTests", dependencies: ["DescentCore"]),
    .testTarget(name: "DescentZlibTests", dependencies: ["DescentZlib"]),
    .testTarget(name: "DescentNNTests", dependencies: ["DescentCore", "DescentNN"]),
    .testTarget(
      name: "DescentOptimTests", dependencies: ["DescentCore", "DescentNN", "DescentOptim"]),
    .testTarget(name: "DescentIOTests", dependencies: ["DescentIO"]),
    .testTarget(name: "DescentDataTests", dependencies: ["DescentData"]),
    .testTarget(name: "DescentPlotTests", dependencies: ["DescentPlot", "DescentZlib"]),
    .testTarget(name: "DescentTests", dependencies: ["Descent"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
