// swift-tools-version: 6.1
import PackageDescription

// PyTorch's own test material, evaluated on Descent; see ../../Scripts/goldens.sh.
let package = Package(
  name: "Goldens",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Descent", path: "../..")],
  targets: [
    .executableTarget(
      name: "goldens",
      dependencies: [.product(name: "Descent", package: "Descent")])
  ],
  swiftLanguageModes: [.v6]
)
