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

/// A library target under `Sources/<name>` and, unless `tests` is nil, its tests under `Tests/<name>Tests`.
///
/// Tests may import what the library does, the test support, and the modules named in `tests`.
func module(
    _ name: String, _ dependencies: [String], products: [Target.Dependency] = [], excluding: [String] = [],
    tests: [String]? = [], settings: [SwiftSetting] = settings
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
            swiftSettings: settings),
    ]
}

let cLibraries: [Target] = [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

let wrappers =
    module("LinearAlgebra", ["COpenBLAS"], settings: unsafeSettings)
    + module("Sodium", ["CSodium"], settings: unsafeSettings)
    + module("Compression", ["CZstd"], settings: unsafeSettings)

let support: [Target] = [
    .target(name: "SeededRandom", swiftSettings: settings),
    .target(name: "TestSupport", swiftSettings: settings),
]

let pure =
    module("MultiTaskLearning", ["LinearAlgebra"])
    + module("ReleaseEncoding", ["Compression", "Sodium"])
    + module("SecureChannel", ["Sodium"])

let edge = module(
    "Datasets", ["CZlib", "LinearAlgebra", "SeededRandom"], settings: unsafeSettings)

let operatorTools = module("Conformance", ["SecureChannel", "Sodium"])

let package = Package(
    name: "atoll",
    targets: cLibraries + wrappers + support + pure + edge + operatorTools
)
