// swift-tools-version: 6.2

// A package of its own, so that nothing else depends on benchmarks. The modules it measures are visible inside one
// package only: their folders are links to those of the main package, compiled here with the same settings.

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
let unsafeSettings: [SwiftSetting] = settings + [.strictMemorySafety()]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

/// A module of the main package.
func module(
    _ name: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = settings
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "atoll-benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        module("PrivacyAccounting", []),
        module("SeededRandom", []),
        module("LinearAlgebra", ["COpenBLAS"], settings: unsafeSettings),
        module("Sodium", ["CSodium"], settings: unsafeSettings),
        module("Compression", ["CZstd"], settings: unsafeSettings),
        module("PrivacyMechanisms", ["SeededRandom", "Sodium"]),
        module("PrivacyLedger", ["PrivacyAccounting", "PrivacyMechanisms", "Sodium"]),
        module("MultiTaskLearning", ["LinearAlgebra", "SeededRandom"]),
        module("ReleaseEncoding", ["Compression", "Sodium"]),
        module("SecureChannel", ["Sodium"]),
        module("Datasets", ["CZlib", "LinearAlgebra", "SeededRandom"], settings: unsafeSettings),
        module(
            "Transport",
            [
                "SecureChannel", "Sodium", logging, .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ] + nio),
        module("EchoBaseline", nio),
        module(
            "Federation",
            [
                "LinearAlgebra", "MultiTaskLearning", "PrivacyAccounting", "PrivacyLedger",
                "PrivacyMechanisms", "ReleaseEncoding", "SeededRandom", "Sodium",
            ]),
        module(
            "Simulation",
            [
                "Federation", "LinearAlgebra", "MultiTaskLearning", "PrivacyLedger", "PrivacyMechanisms",
                "ReleaseEncoding", "SeededRandom",
                .product(name: "HeapModule", package: "swift-collections"),
            ]),
        module("Storage", ["PrivacyLedger", "SecureChannel", "Sodium"]),
        module(
            "SiteStorage",
            ["Federation", "PrivacyLedger", "PrivacyMechanisms", "ReleaseEncoding", "Sodium", "Storage"]),
        module(
            "AggregatorStorage",
            [
                "Federation", "LinearAlgebra", "MultiTaskLearning", "ReleaseEncoding", "Sodium",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ], settings: unsafeSettings),
        .executableTarget(
            name: "atoll-state-benchmark",
            dependencies: [
                "AggregatorStorage", "Federation", "MultiTaskLearning", "ReleaseEncoding", "SeededRandom",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: unsafeSettings),
        .executableTarget(
            name: "atoll-benchmarks",
            dependencies: [
                "CZstd", "Compression", "Datasets", "EchoBaseline", "Federation", "LinearAlgebra",
                "MultiTaskLearning", "PrivacyAccounting", "PrivacyLedger", "PrivacyMechanisms",
                "ReleaseEncoding", "SecureChannel", "SeededRandom", "Simulation", "SiteStorage", "Sodium",
                "Storage", "Transport", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + nio,
            swiftSettings: unsafeSettings),
        .executableTarget(
            name: "accounting-figures", dependencies: ["PrivacyAccounting"], swiftSettings: settings),
    ]
)
