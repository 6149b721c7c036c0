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
  products: [
    .library(name: "NetVSC", targets: ["NetVSC"]),
    .library(name: "NetVSP", targets: ["NetVSP"]),
    .library(name: "HostSocket", targets: ["HostSocket"]),
    .library(name: "VirtualSwitch", targets: ["VirtualSwitch"]),
    .library(name: "CNetVSC", type: .dynamic, targets: ["CNetVSC"]),
    .executable(name: "netvsc", targets: ["NetVSCTool"]),
  ],
  traits: [
    .trait(name: "DPDK", description: "Compare the rings with DPDK's own, from libdpdk-dev: for tests and benchmarks.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // Bytes: memory that two sides see, and what is written in it.
    .systemLibrary(name: "CPlatform"),
    .target(name: "SharedMemory", dependencies: ["CPlatform"], swiftSettings: product),
    .target(name: "WireFormats", swiftSettings: product),

    // Motion: the rings, and the two ends that meet in them. The ends never import each other.
    .target(name: "VMBusRing", dependencies: ["SharedMemory", "WireFormats"], swiftSettings: product),
    .target(name: "NetVSC", dependencies: ["SharedMemory", "VMBusRing", "WireFormats"], swiftSettings: product),
    .target(name: "NetVSP", dependencies: ["SharedMemory", "VMBusRing", "WireFormats"], swiftSettings: product),

    // What lets the two ends be in two processes.
    .target(name: "HostSocket", dependencies: ["CPlatform", "SharedMemory", "VMBusRing"], swiftSettings: product),

    // What a host's frames go to and come from in the system.
    .target(name: "NetworkInterface", dependencies: ["CPlatform"], swiftSettings: product),
    .target(
      name: "VirtualSwitch",
      dependencies: ["HostSocket", "NetVSP", "NetworkInterface", "SharedMemory", "VMBusRing", "WireFormats"],
      swiftSettings: product),

    // The engine for C: a header, and what implements it.
    .systemLibrary(name: "CNetVSCInterface", path: "Sources/CNetVSC/include"),
    .target(
      name: "CNetVSC",
      dependencies: ["CNetVSCInterface", "HostSocket", "NetVSC", "NetVSP", "VMBusRing", "VirtualSwitch"],
      exclude: ["include", "exports.map", "install", "netvsc.pc.in"],
      swiftSettings: product),

    // The tool.
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(
      name: "CCompression", providers: [.apt(["libbz2-dev", "liblzma-dev", "libzstd-dev", "zlib1g-dev"])]),
    .target(name: "PacketCapture", dependencies: ["CCompression", "CPcap"], swiftSettings: product),
    .target(
      name: "TrafficReplay",
      dependencies: [
        "HostSocket", "NetVSC", "NetVSP", "NetworkInterface", "PacketCapture", "SharedMemory", "VirtualSwitch",
        "VMBusRing", "WireFormats",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: product),
    .target(
      name: "Benchmarks",
      dependencies: [
        "CSpinningSender", "NetVSC", "NetVSP", "NetworkInterface", "PacketCapture", "SharedMemory", "TrafficReplay",
        "VMBusRing", "WireFormats",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .target(name: "CDPDKRing", condition: .when(traits: ["DPDK"])),
      ],
      swiftSettings: product),
    .executableTarget(
      name: "NetVSCTool",
      dependencies: [
        "Benchmarks", "HostSocket", "NetVSC", "NetVSP", "NetworkInterface", "PacketCapture", "SharedMemory",
        "TrafficReplay", "VirtualSwitch",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: product),

    // A peer of tests and benchmarks: DPDK's ring, linked only with the trait.
    .target(
      name: "CDPDKRing",
      linkerSettings: [
        .linkedLibrary(":librte_bus_vmbus.a", .when(traits: ["DPDK"])),
        .linkedLibrary("rte_eal", .when(traits: ["DPDK"])),
      ]),

    // A peer of benchmarks: what keeps a pace in the plainest way.
    .target(name: "CSpinningSender"),

    // Tests mirror the targets.
    .target(
      name: "TestSupport", dependencies: ["NetVSP", "NetworkInterface", "SharedMemory", "VMBusRing", "WireFormats"],
      path: "Tests/TestSupport", swiftSettings: language),
    .testTarget(
      name: "SharedMemoryTests", dependencies: ["SharedMemory", "TestSupport"], swiftSettings: language),
    .testTarget(name: "WireFormatsTests", dependencies: ["WireFormats", "TestSupport"], swiftSettings: language),
    .testTarget(
      name: "VMBusRingTests",
      dependencies: [
        "SharedMemory", "VMBusRing", "WireFormats", "TestSupport",
        .target(name: "Benchmarks", condition: .when(traits: ["DPDK"])),
      ],
      swiftSettings: language),
    .testTarget(
      name: "BenchmarksTests", dependencies: ["Benchmarks", "SharedMemory", "VMBusRing"], swiftSettings: language),
    .testTarget(
      name: "NetVSCTests",
      dependencies: ["NetVSC", "NetVSP", "SharedMemory", "VMBusRing", "WireFormats", "TestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "NetVSPTests",
      dependencies: ["NetVSP", "PacketCapture", "SharedMemory", "VMBusRing", "WireFormats", "TestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "CNetVSCTests",
      dependencies: ["CNetVSC", "HostSocket", "NetVSP", "SharedMemory", "TestSupport", "VirtualSwitch"],
      exclude: ["C"], swiftSettings: language),
    .testTarget(name: "SamplesTests", dependencies: ["TestSupport"], swiftSettings: language),
    .testTarget(name: "PacketCaptureTests", dependencies: ["PacketCapture", "TestSupport"], swiftSettings: language),
    .testTarget(
      name: "NetworkInterfaceTests", dependencies: ["NetworkInterface", "SharedMemory", "TestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "HostSocketTests",
      dependencies: [
        "CPlatform", "HostSocket", "NetVSC", "NetVSP", "SharedMemory", "VirtualSwitch", "VMBusRing", "WireFormats",
        "TestSupport",
      ],
      swiftSettings: language),
    .testTarget(
      name: "VirtualSwitchTests",
      dependencies: ["NetVSC", "NetVSP", "NetworkInterface", "SharedMemory", "VirtualSwitch", "TestSupport"],
      swiftSettings: language),
    .testTarget(
      name: "TrafficReplayTests",
      dependencies: [
        "NetVSC", "NetVSP", "NetworkInterface", "PacketCapture", "TrafficReplay", "WireFormats", "TestSupport",
      ],
      swiftSettings: language),
    .testTarget(
      name: "DocumentationTests",
      dependencies: ["HostSocket", "NetVSC", "NetVSP", "TestSupport", "VirtualSwitch"], swiftSettings: language),
    .testTarget(
      name: "NetVSCToolTests",
      dependencies: [
        "Benchmarks", "HostSocket", "NetVSC", "NetVSCTool", "NetworkInterface", "PacketCapture", "SharedMemory",
        "TestSupport", "TrafficReplay",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: language),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
