internal import ArgumentParser
internal import Experiments
internal import Reporting

/// The program: makes the document of experiments, or parts of it.
@main
struct AtollExperiments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll-experiments",
        abstract: "Run the experiments and write them down.",
        discussion: """
            Sections that are not run stay as the document has them. Where data are absent the section says so, and \
            the exit status is 1.
            """)

    @Option(
        help: ArgumentHelp(
            "The experiments to run, separated by commas (default: all): "
                + "\(Catalogue.experiments.map(\.name).joined(separator: ", ")).", valueName: "names"))
    var only = ""

    @Option(help: ArgumentHelp("Where the data sets are.", valueName: "folder"))
    var data = "../shared/data"

    @Option(
        help: ArgumentHelp("Where experiments.md is, and images/experiments beside it.", valueName: "folder"))
    var documents = "docs"

    private var chosen: [any Experiment] {
        let names = only.split(separator: ",").map(String.init)
        return Catalogue.experiments.filter { names.isEmpty || names.contains($0.name) }
    }

    func validate() throws {
        let known = Catalogue.experiments.map(\.name)
        if let foreign = only.split(separator: ",").first(where: { !known.contains(String($0)) }) {
            throw ValidationError(
                "there is no experiment '\(foreign)'; there are \(known.joined(separator: ", "))")
        }
    }

    func run() async throws {
        let path = "\(documents)/experiments.md"
        let pictures = "\(documents)/images/experiments"
        try Folder.create(pictures)
        let earlier =
            FileContents.isReadable(path)
            ? String(decoding: try FileContents.read(path: path), as: UTF8.self) : ""
        var document = ExperimentsDocument(
            introduction: Catalogue.introduction, order: Catalogue.experiments.map(\.name), earlier: earlier)
        var absent: [String] = []
        for experiment in chosen {
            TextOutput.standardError.write("\(experiment.name)\n")
            let (section, missing) = try await experiment.section(DataFolder(path: data))
            absent += missing
            document.replace(section.name, with: section.markdown)
            for picture in section.pictures {
                try AtomicFile.write(Array(picture.svg.utf8), to: "\(pictures)/\(picture.name)")
            }
            // After each one, so that an interrupted run keeps what it has.
            try AtomicFile.write(Array(document.markdown.utf8), to: path)
        }
        guard absent.isEmpty else {
            TextOutput.standardError.write(
                "absent: \(absent.joined(separator: ", ")); name the folder of the data by ATOLL_DATA or --data\n"
            )
            throw ExitCode.failure
        }
    }
}
