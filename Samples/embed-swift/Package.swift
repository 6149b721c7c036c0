// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "embed-swift",
  dependencies: [
    // Its name, so that the folder it lies in may have any. Elsewhere: .package(url: …, from: …).
    .package(name: "swift-netvsc", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "embed-swift",
      dependencies: [
        .product(name: "NetVSC", package: "swift-netvsc"),
        .product(name: "NetVSP", package: "swift-netvsc"),
      ])
  ]
)
