internal import FoundationEssentials
internal import TestSupport
internal import Testing

@Suite("What atoll-audit is made of")
struct TargetGraphTests {
    private static let sources = #filePath.text(upTo: "/Tests/") + "/Sources"

    /// Returns what the sources of a module import; nothing for a module of another package.
    private static func imports(of module: String) throws -> Set<String> {
        let folder = "\(sources)/\(module)"
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        var found: Set<String> = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where name.hasSuffix(".swift")
        {
            found.formUnion(
                try text(of: "\(folder)/\(name)").split(separator: "\n").compactMap(module(importedBy:)))
        }
        return found
    }

    /// Returns the module that a line imports, whole or a declaration or submodule of it; nil for any other line.
    private static func module(importedBy line: Substring) -> String? {
        let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        let kinds: Set<Substring> = [
            "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
        ]
        let words = line.split { $0 == " " || $0 == "\t" }
        guard let place = words.firstIndex(of: "import"),
            words[..<place].allSatisfy({ levels.contains($0) || $0.hasPrefix("@") }),
            let name = words[(place + 1)...].first(where: { !kinds.contains($0) })
        else { return nil }
        return String(name.prefix { $0 != "." && $0 != ";" })
    }

    /// Returns everything that is reached from a module.
    private static func closure(of module: String) throws -> Set<String> {
        var reached: Set<String> = [module]
        var waiting = [module]
        while let next = waiting.popLast() {
            for name in try imports(of: next) where reached.insert(name).inserted { waiting.append(name) }
        }
        return reached
    }

    private static func networkModules(in modules: Set<String>) -> [String] {
        let named: Set<String> = [
            "Wire", "Federation", "Transport", "SwiftProtobuf", "ServiceLifecycle", "FoundationNetworking",
        ]
        return modules.filter { $0.hasPrefix("NIO") || named.contains($0) }.sorted()
    }

    @Test(
        "every form of an import is seen",
        arguments: [
            ("import NIOCore", "NIOCore"), ("internal import FoundationNetworking", "FoundationNetworking"),
            ("@testable internal import Wire", "Wire"), ("import struct NIOCore.ByteBuffer", "NIOCore"),
            ("    @preconcurrency package import class NIOPosix.Posix // why", "NIOPosix"),
            ("import Foundation.NSURLSession", "Foundation"), ("internal import func Glibc.exit;", "Glibc"),
            ("/// import Wire", nil), ("let import = 1", nil), ("// see import of Wire", nil),
            ("import", nil),
        ] as [(Substring, String?)])
    func forms(line: Substring, module: String?) {
        #expect(Self.module(importedBy: line) == module)
    }

    @Test("network code is told by its module")
    func networkNames() {
        #expect(
            Self.networkModules(in: ["Foundation", "FoundationNetworking", "NIOHTTP1", "Wire", "Storage"])
                == ["FoundationNetworking", "NIOHTTP1", "Wire"])
    }

    @Test("it reaches the ledger and the accounting, and no network code")
    func noNetwork() throws {
        let audit = try Self.closure(of: "atoll-audit")
        #expect(
            audit.isSuperset(of: [
                "AuditCommands", "PrivacyLedger", "PrivacyAccounting", "PrivacyRecording", "Sodium",
                "Storage",
            ])
        )
        #expect(Self.networkModules(in: audit) == [])
        // The same search finds it where it is.
        #expect(try Self.networkModules(in: Self.closure(of: "atoll")).contains("NIOCore"))
    }
}

extension String {
    /// The text before the last occurrence of another.
    fileprivate func text(upTo end: String) -> String {
        ranges(of: end).last.map { String(self[..<$0.lowerBound]) } ?? self
    }
}
