// swift-tools-version: 6.2

import PackageDescription

/// Settings of every target of ours.
///
/// - ExistentialAny: https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
/// - InternalImportsByDefault: https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
/// - MemberImportVisibility: https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Settings of targets that touch C: every unsafe expression is marked.
let unsafeSettings: [SwiftSetting] = settings + [.strictMemorySafety()]

/// Settings of numeric kernels, which are 50 times as fast when optimised: also in debug builds, so that tests can run them.
let kernelSettings: [SwiftSetting] =
    settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Settings of the aggregator's store, also optimised in debug builds: its tests commit a hundred thousand times, to fail
/// every write and sync once.
let storeSettings: [SwiftSetting] = unsafeSettings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")

/// A library target under `Sources/<name>` and, unless `tests` is nil, its tests under `Tests/<name>Tests`.
///
/// Tests may import what the library does, the test support, and the modules named in `tests`.
func module(
    _ name: String, _ dependencies: [String], products: [Target.Dependency] = [], excluding: [String] = [],
    tests: [String]? = [], excludingFromTests: [String] = [], settings: [SwiftSetting] = settings
) -> [Target] {
    let library: Target = .target(
        name: name, dependencies: dependencies.map { .target(name: $0) } + products, exclude: excluding,
        swiftSettings: settings)
    guard let tests else { return [library] }
    let testDependencies = Set(dependencies + tests + [name, "SeededRandom", "TestSupport"]).sorted()
    return [
        library,
        .testTarget(
            name: "\(name)Tests", dependencies: testDependencies.map { .target(name: $0) } + products,
            exclude: excludingFromTests, swiftSettings: settings),
    ]
}

let cLibraries: [Target] = [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMalloc"),
]

let wrappers =
    module("LinearAlgebra", ["COpenBLAS"], settings: unsafeSettings)
    + module("Sodium", ["CSodium"], settings: unsafeSettings)
    + module("Compression", ["CZstd"], settings: unsafeSettings)

let support: [Target] = [
    .target(name: "SeededRandom", swiftSettings: settings),
    .target(name: "TestSupport", swiftSettings: settings),
    .target(name: "TransportTestSupport", dependencies: ["Transport"] + nio, swiftSettings: settings),
    .target(
        name: "StorageTestSupport",
        dependencies: ["SeededRandom", .product(name: "GRDBSQLite", package: "GRDB.swift")],
        swiftSettings: settings),
]

let pure =
    module("MultiTaskLearning", ["LinearAlgebra", "SeededRandom"])
    + module("PrivacyAccounting", [], settings: kernelSettings)
    + module("PrivacyMechanisms", ["SeededRandom", "Sodium"], settings: kernelSettings)
    + module("PrivacyLedger", ["PrivacyAccounting", "PrivacyMechanisms", "Sodium"])
    + module("ReleaseEncoding", ["Compression", "Sodium"])
    + module(
        "PrivacyRecording",
        ["PrivacyAccounting", "PrivacyLedger", "PrivacyMechanisms", "ReleaseEncoding", "Sodium"],
        settings: kernelSettings)
    + module("SecureChannel", ["Sodium"])

let protocolLayer = module(
    "Federation",
    [
        "LinearAlgebra", "MultiTaskLearning", "PrivacyAccounting", "PrivacyLedger", "PrivacyMechanisms",
        "ReleaseEncoding", "SeededRandom", "Sodium",
    ],
    tests: ["Simulation"])

let edge =
    module(
        "Transport", ["SecureChannel"], products: [logging, nioHTTP1, nioWebSocket] + nio,
        tests: ["Sodium", "TransportTestSupport"])
    + module(
        "Wire", ["Federation", "PrivacyLedger", "ReleaseEncoding"],
        products: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
        excluding: ["generated/README.md"])
    + module(
        "Storage", ["PrivacyLedger", "SecureChannel", "Sodium"],
        tests: ["PrivacyAccounting", "PrivacyMechanisms"])
    + module(
        "Datasets", ["CZlib", "LinearAlgebra", "SeededRandom"],
        settings: unsafeSettings)
    + module(
        "Configuration",
        [
            "LinearAlgebra", "MultiTaskLearning", "PrivacyAccounting", "PrivacyMechanisms", "ReleaseEncoding",
            "Sodium",
        ],
        products: [.product(name: "Yams", package: "Yams")])
    + module("Reporting", ["LinearAlgebra"], products: [logging], settings: unsafeSettings)
    + module(
        "OperatorEndpoint", ["Reporting"],
        products: [
            logging, serviceLifecycle, nioHTTP1,
        ] + nio)

let siteEdge =
    module(
        "SiteStorage",
        ["Federation", "PrivacyLedger", "PrivacyMechanisms", "ReleaseEncoding", "Sodium", "Storage"],
        tests: ["MultiTaskLearning", "PrivacyAccounting", "SeededRandom"])

let aggregatorEdge =
    module(
        "AggregatorStorage",
        ["Federation", "LinearAlgebra", "MultiTaskLearning", "ReleaseEncoding", "Sodium"],
        products: [
            .product(name: "GRDB", package: "GRDB.swift"),
            .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ], tests: ["PrivacyAccounting", "PrivacyLedger", "PrivacyMechanisms", "StorageTestSupport"],
        excludingFromTests: ["Fixtures"],
        settings: storeSettings)

let services =
    module(
        "Simulation",
        [
            "Federation", "LinearAlgebra", "MultiTaskLearning", "PrivacyLedger", "PrivacyMechanisms",
            "ReleaseEncoding",
            "SeededRandom",
        ],
        products: [.product(name: "HeapModule", package: "swift-collections")], tests: nil)
    + module(
        "Studies",
        [
            "Configuration", "Datasets", "Federation", "LinearAlgebra", "MultiTaskLearning",
            "PrivacyAccounting", "PrivacyLedger", "PrivacyMechanisms",
        ], tests: ["ReleaseEncoding"])
    + module(
        "ServiceProcess", ["CMalloc"],
        products: [
            logging, serviceLifecycle, .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ],
        tests: nil, settings: unsafeSettings)
    + module(
        "AggregatorService",
        [
            "AggregatorStorage", "Configuration", "Federation", "LinearAlgebra", "MultiTaskLearning",
            "OperatorEndpoint", "PrivacyLedger", "Reporting",
            "SecureChannel", "ServiceProcess", "Sodium", "Storage", "Studies", "Transport", "Wire",
        ], products: [logging, serviceLifecycle], tests: nil)
    + module(
        "SiteAgent",
        [
            "Configuration", "Datasets", "Federation", "LinearAlgebra", "MultiTaskLearning",
            "OperatorEndpoint", "PrivacyLedger", "PrivacyMechanisms", "PrivacyRecording", "ReleaseEncoding",
            "Reporting", "SecureChannel", "ServiceProcess", "SiteStorage", "Sodium", "Storage", "Studies",
            "Transport",
            "Wire",
        ], products: [logging, serviceLifecycle], tests: nil)

/// An executable under `Sources/<name>`: a thin `@main`.
func program(_ name: String, _ dependencies: [String], products: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies.map { .target(name: $0) } + [argumentParser] + products,
        swiftSettings: settings)
}

let operatorTools =
    module(
        "LocalFederation",
        ["Configuration", "Reporting", "SecureChannel", "Storage", "Studies"],
        products: [logging], tests: nil)
    + module(
        "Conformance",
        [
            "LinearAlgebra", "MultiTaskLearning", "PrivacyAccounting", "SecureChannel", "SeededRandom",
            "Sodium",
        ])
    + module("EchoBaseline", [], products: nio, tests: nil)
    + module(
        "ThroughputBench",
        [
            "Configuration", "EchoBaseline", "LinearAlgebra", "LocalFederation", "MultiTaskLearning",
            "Reporting", "SeededRandom", "Storage",
        ], products: [logging, .product(name: "GRDB", package: "GRDB.swift")], tests: nil)
    + module(
        "CommandLineTools", ["Reporting", "SecureChannel", "Storage"], products: [argumentParser], tests: nil)
    + module(
        "AuditCommands",
        [
            "CommandLineTools", "PrivacyAccounting", "PrivacyLedger", "PrivacyMechanisms", "PrivacyRecording",
            "Reporting", "SecureChannel", "Storage",
        ], products: [argumentParser], tests: ["ReleaseEncoding", "Sodium"])
    + module(
        "OperatorCommands",
        [
            "CommandLineTools", "Configuration", "Conformance", "Datasets", "Federation", "LinearAlgebra",
            "LocalFederation",
            "MultiTaskLearning", "PrivacyAccounting", "PrivacyLedger", "PrivacyMechanisms", "ReleaseEncoding",
            "Reporting", "SecureChannel", "ServiceProcess", "Simulation", "SiteAgent", "Storage", "Studies",
            "ThroughputBench",
        ], products: [argumentParser, logging, serviceLifecycle])

let programs =
    [
        .target(
            name: "ServiceCommand",
            dependencies: ["Configuration", "Reporting", "Storage", argumentParser, logging],
            swiftSettings: settings)
    ]
    + [
        program("atoll", ["OperatorCommands", "Reporting"]),
        program(
            "atoll-aggregator",
            [
                "AggregatorService", "AggregatorStorage", "Configuration", "PrivacyLedger", "Reporting",
                "ServiceCommand",
            ], products: [logging]),
        program("atoll-audit", ["AuditCommands", "CommandLineTools", "Reporting"]),
        program(
            "atoll-site", ["Configuration", "PrivacyLedger", "Reporting", "ServiceCommand", "SiteAgent"],
            products: [logging]),
    ]

/// The experiments of docs/experiments.md: beside the product, and built with it so that they keep up with it.
let experiments: [Target] = [
    .target(
        name: "Experiments",
        dependencies: [
            "Datasets", "Federation", "LinearAlgebra", "MultiTaskLearning", "PrivacyAccounting",
            "PrivacyMechanisms", "ReleaseEncoding", "Reporting", "SeededRandom", "Simulation",
        ], path: "Experiments/Sources/Experiments", swiftSettings: settings),
    .executableTarget(
        name: "atoll-experiments", dependencies: ["Experiments", "Reporting", argumentParser],
        path: "Experiments/Sources/atoll-experiments", swiftSettings: settings),
    .testTarget(
        name: "ExperimentsTests",
        dependencies: [
            "Datasets", "Experiments", "LinearAlgebra", "MultiTaskLearning", "Reporting", "SeededRandom",
            "Simulation", "TestSupport",
        ],
        path: "Experiments/Tests/ExperimentsTests", swiftSettings: settings),
]

/// Tests that need more than their module does: what is logged, everything of a federation, the programs themselves.
let federationTests: [Target] = [
    .testTarget(
        name: "ServiceProcessTests",
        dependencies: [
            "ServiceProcess", "TestSupport", logging, serviceLifecycle,
            .product(name: "InMemoryLogging", package: "swift-log"),
        ], swiftSettings: settings),
    .testTarget(
        name: "AggregatorServiceTests",
        dependencies: [
            "AggregatorService", "AggregatorStorage", "Configuration", "Datasets", "Federation",
            "LinearAlgebra",
            "MultiTaskLearning", "OperatorEndpoint", "PrivacyAccounting", "PrivacyLedger",
            "PrivacyMechanisms",
            "ReleaseEncoding", "Reporting", "SecureChannel", "SeededRandom", "SiteAgent", "SiteStorage",
            "Sodium",
            "Storage", "StorageTestSupport", "Studies", "TestSupport",
            "Transport", "TransportTestSupport", "Wire", logging,
            .product(name: "InMemoryLogging", package: "swift-log"),
            .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
        ] + nio, swiftSettings: settings),
    .testTarget(
        name: "LocalFederationTests",
        dependencies: [
            "AggregatorStorage", "AuditCommands", "Configuration", "Federation", "LinearAlgebra",
            "LocalFederation", "MultiTaskLearning", "PrivacyAccounting", "ReleaseEncoding", "Reporting",
            "SeededRandom", "Sodium", "Studies",
            "TestSupport", "ThroughputBench", logging, .product(name: "GRDB", package: "GRDB.swift"),
            // Their programs are started.
            "atoll", "atoll-aggregator", "atoll-audit", "atoll-site",
        ], swiftSettings: settings),
]

let package = Package(
    name: "atoll",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: cLibraries + wrappers + support + pure + protocolLayer + edge + siteEdge + aggregatorEdge
        + services
        + operatorTools
        + programs + experiments + federationTests
)
