internal import Experiments
internal import TestSupport
internal import Testing

/// The document that `make experiments` wrote last is one of this catalogue: where a test fails, run it again.
@Suite("docs/experiments.md")
struct CommittedDocumentTests {
    /// This file is <checkout>/Experiments/Tests/ExperimentsTests/CommittedDocumentTests.swift.
    private static let path =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/docs/experiments.md"

    @Test("it begins with the catalogue's introduction")
    func introduction() throws {
        #expect(try text(of: Self.path).hasPrefix(Catalogue.introduction))
    }

    @Test("it has the catalogue's sections in their order, and no other")
    func order() throws {
        let parts = try text(of: Self.path).split(separator: "<!-- experiment: ").dropFirst()
        let names = parts.map { part in String(part.prefix(while: { $0 != " " })) }
        #expect(names == Catalogue.experiments.map(\.name))
    }

    @Test("every experiment's section has its heading, command and seeds")
    func sections() throws {
        let document = try text(of: Self.path)
        for experiment in Catalogue.experiments {
            let name = experiment.name
            let start =
                "<!-- experiment: \(name) -->\n\n## \(experiment.title)\n\n`make experiments ONLY=\(name)`; seeds: "
                + "\(experiment.seeds).\n"
            #expect(document.contains(start), "make experiments ONLY=\(name)")
        }
    }

    @Test("the costs that it states are those of the code")
    func costs() throws {
        let words = try text(of: Self.path).split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
        let count = words.split(separator: ModelledWork.statement, omittingEmptySubsequences: false).count - 1
        #expect(count == 3, "make experiments ONLY=figure-3,figure-4,figure-5")
    }
}
