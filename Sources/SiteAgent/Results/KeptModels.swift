package import Federation
internal import FoundationEssentials
internal import Reporting
internal import Sodium

/// A site's final models on disk, so that a process that starts again need not ask for them.
///
/// The aggregator ends once every owner has said that it holds its models, and that word is only given when they are
/// here. A process that is killed after it may find nobody to ask: what is here is then the result. The folder `kept`
/// has a file a task, in the safetensors format, whose metadata name site, study and version; models of another study
/// or site are as good as absent. The file `released` beside them says that the aggregator released every one: from
/// then on the site's part is over, whatever becomes of the aggregator.
package struct KeptModels: Sendable {
    /// One task's final model.
    package struct Model: Sendable, Equatable {
        package var version: UInt64
        package var weights: [Double]
    }

    /// The folder's name in the results folder.
    package static let folderName = "kept"
    /// The marker's name in it.
    package static let releasedName = "released"

    private let folder: String
    private let site: SiteName
    private let studyDigest: String
    private let dimension: Int
    /// What every model's metadata say beside.
    private let marks: [String: String]

    /// Makes the folder where it is absent.
    ///
    /// - Parameter marks: What every model's metadata say beside site, study and version.
    /// - Throws: ``ReportingError`` `fileSystem`.
    package init(
        resultsFolder: String, site: SiteName, plan: StudyPlan, marks: [String: String] = [:]
    ) throws {
        self.marks = marks
        folder = resultsFolder + "/" + Self.folderName
        self.site = site
        studyDigest = Hexadecimal.encode(plan.digest)
        dimension = plan.dimension
        try Folder.create(folder)
    }

    /// Makes a model safe; it is there whole or not at all, also after a crash.
    package func keep(_ model: FinalModel) throws {
        let file = try SafeTensors(
            tensors: [SafeTensors.Tensor(name: model.task.rawValue, vector: model.weights)],
            metadata: [
                "site": site.rawValue, "study_digest": studyDigest, "version": String(model.version),
            ].merging(marks) { own, _ in own })
        try AtomicFile.write(file.bytes, to: path(of: model.task))
    }

    /// The model of `task` that was kept for this study and site; nil where there is none that can be read.
    package func model(of task: TaskName) -> Model? {
        guard let bytes = try? FileContents.read(path: path(of: task)),
            let file = try? SafeTensors(bytes: bytes),
            file.metadata["site"] == site.rawValue, file.metadata["study_digest"] == studyDigest,
            let version = file.metadata["version"].flatMap({ UInt64($0) }),
            let weights = file.tensor(named: task.rawValue)?.elements, weights.count == dimension
        else { return nil }
        return Model(version: version, weights: weights)
    }

    /// Removes a model that the study has left behind: its task is computed again.
    package func remove(_ task: TaskName) throws {
        try FileManager.default.removeItem(atPath: path(of: task))
    }

    /// Records that the aggregator released every model.
    package func markReleased() throws {
        try AtomicFile.write(Array((studyDigest + "\n").utf8), to: releasedPath)
    }

    /// Whether ``markReleased()`` was called for this study, in this process or an earlier one.
    package var isReleased: Bool {
        (try? FileContents.read(path: releasedPath)) == Array((studyDigest + "\n").utf8)
    }

    private var releasedPath: String { folder + "/" + Self.releasedName }

    private func path(of task: TaskName) -> String {
        "\(folder)/\(EscapedName.ofFile(task.rawValue)).safetensors"
    }
}
