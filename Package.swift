// swift-tools-version: 6.2
import PackageDescription

let language: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
/// In the product every unsafe expression says so.
let product: [SwiftSetting] = [.strictMemorySafety()] + language

let package = Package(
  name: "swift-netvsc",
  targets: [
    // Bytes: what two sides write for each other.
    .target(name: "WireFormats", swiftSettings: product),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .target(name: "PacketCapture", dependencies: ["CPcap"], swiftSettings: product),

    // Tests mirror the targets.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: language),
    .testTarget(name: "WireFormatsTests", dependencies: ["WireFormats", "TestSupport"], swiftSettings: language),
    .testTarget(name: "PacketCaptureTests", dependencies: ["PacketCapture", "TestSupport"], swiftSettings: language),
  ],
  swiftLanguageModes: [.v6]
)
