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
            for line in try text(of: "\(folder)/\(name)").split(separator: "\n") {
                // An access level or attributes, `import`, and the module.
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place <= 2, words.count == place + 2 else {
                    continue
                }
                found.insert(String(words[place + 1]))
            }
        }
        return found
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
        let named: Set<String> = ["Wire", "Federation", "Transport", "SwiftProtobuf", "ServiceLifecycle"]
        return modules.filter { $0.hasPrefix("NIO") || named.contains($0) }.sorted()
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
