// swift-tools-version: 6.1
import PackageDescription

// Programs that use Descent as anybody would. `swift run -c release digits`, `swift run -c release tutorial`.
let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Descent", path: "..")],
  targets: [
    .executableTarget(
      name: "tutorial", dependencies: [.product(name: "Descent", package: "Descent")]),
    .executableTarget(
      name: "digits", dependencies: [.product(name: "Descent", package: "Descent")]),
  ],
  swiftLanguageModes: [.v6]
)
