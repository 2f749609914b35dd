// swift-tools-version: 6.1
import PackageDescription

let descent: Target.Dependency = .product(name: "Descent", package: "Descent")

// `Benchmarks/run.sh` measures with all of these and prints one table.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Descent", path: "..")],
  targets: [
    .target(name: "Rows", dependencies: [descent], path: "Sources/rows"),
    .executableTarget(name: "bench", dependencies: ["Rows"]),
    .target(name: "Counting", path: "Sources/counting"),
    .executableTarget(name: "counts", dependencies: ["Counting", "Rows"]),
    .executableTarget(name: "launch"),
    .executableTarget(name: "limits"),
    .executableTarget(name: "report"),
    .executableTarget(name: "startup", dependencies: [descent]),
  ],
  swiftLanguageModes: [.v6]
)
