// swift-tools-version: 6.1
import PackageDescription

// `Benchmarks/run.sh` runs these rows and PyTorch's in turn and prints both.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Descent", path: "..")],
  targets: [
    .executableTarget(name: "bench", dependencies: [.product(name: "Descent", package: "Descent")]),
    .executableTarget(
      name: "startup", dependencies: [.product(name: "Descent", package: "Descent")]),
  ],
  swiftLanguageModes: [.v6]
)
