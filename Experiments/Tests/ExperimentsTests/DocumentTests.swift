internal import Experiments
internal import Reporting
internal import Testing

@Suite("The document of experiments")
struct DocumentTests {
    private func document(_ earlier: String) -> ExperimentsDocument {
        ExperimentsDocument(introduction: "# Title\n", order: ["b", "a"], earlier: earlier)
    }

    @Test("sections stand in the catalogue's order, and are found again")
    func sections() {
        var document = document("")
        document.replace("a", with: "## A\n\nold\n")
        document.replace("b", with: "## B\n")
        let first = document.markdown
        #expect(
            first == "# Title\n\n<!-- experiment: b -->\n\n## B\n\n<!-- experiment: a -->\n\n## A\n\nold\n")
        #expect(self.document(first).markdown == first)
        var second = self.document(first)
        second.replace("a", with: "## A\n\nnew\n")
        #expect(second.markdown == first.replacing("old", with: "new"))
    }

    @Test("what is no section of the catalogue goes")
    func foreign() {
        let text = "any\n<!-- experiment: c -->\n\n## C\n<!-- experiment: a -->\n\n## A\n"
        #expect(document(text).markdown == "# Title\n\n<!-- experiment: a -->\n\n## A\n")
    }

    @Test("a table's bars are escaped")
    func table() {
        var table = MarkdownTable(["a", "b"])
        table.append(["x|y", "1"])
        #expect(table.markdown == "| a | b |\n|---|---:|\n| x\\|y | 1 |\n")
    }

    @Test("words are wrapped, and longer ones left whole")
    func wrap() {
        #expect(TextWrap.wrapped("aa bb cc", width: 5) == "aa bb\ncc")
        #expect(TextWrap.wrapped("a bbbbbbbb c", first: "- ", rest: "  ", width: 5) == "- a\n  bbbbbbbb\n  c")
    }

    @Test("a section names its command, and its pictures after the experiment")
    func section() {
        let plot = LinePlot(
            title: "t", xLabel: "x", yLabel: "y",
            series: [LinePlot.Series(name: "s", points: [(0, 1), (1, 2)])])
        let section = Section(
            name: "a", title: "A", seeds: "1",
            blocks: [.paragraph("text"), .list(["one", "two"]), .figure(plot, suffix: "-x", caption: "c")])
        #expect(
            section.markdown == """
                ## A

                `make experiments ONLY=a`; seeds: 1.

                text

                - one
                - two

                ![c](images/experiments/a-x.svg)

                """)
        #expect(section.pictures.map(\.name) == ["a-x.svg"])
        #expect(section.pictures[0].svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" "))
        #expect(section.pictures[0].svg.contains("prefers-color-scheme: dark"))
    }

    @Test("names of experiments differ and suit file names")
    func catalogue() {
        let names = Catalogue.experiments.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z0-9-]+/) != nil })
    }

    @Test("without its data an experiment says what is absent")
    func absent() async throws {
        for experiment in Catalogue.experiments where !experiment.files.isEmpty {
            let (section, absent) = try await experiment.section(DataFolder(path: "/nowhere"))
            #expect(absent == experiment.files.map { "/nowhere/\($0)" })
            #expect(section.markdown.contains("Not run: /nowhere/\(experiment.files[0])"))
        }
    }
}
