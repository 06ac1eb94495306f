internal import FoundationEssentials
internal import MultiTaskLearning
internal import Testing

@Suite struct RegularizerPageTests {
    @Test("the page of regularizers is what the code says")
    func page() throws {
        // This file is <checkout>/Tests/MultiTaskLearningTests/RegularizerPageTests.swift.
        let checkout = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = checkout + "/docs/regularizers.md"
        if ProcessInfo.processInfo.environment["ATOLL_WRITE_REFERENCE"] != nil {
            try Data(RegularizerKind.markdown().utf8).write(to: URL(filePath: path))
        }
        let page = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            page == RegularizerKind.markdown(),
            "run ATOLL_WRITE_REFERENCE=1 swift test --filter RegularizerPageTests")
        for kind in RegularizerKind.allCases { #expect(page.contains("\n| `\(kind.rawValue)` |")) }
    }
}
