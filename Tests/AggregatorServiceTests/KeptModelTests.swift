internal import Configuration
internal import Federation
internal import Reporting
internal import SiteAgent
internal import Sodium
internal import Studies
internal import TestSupport
internal import Testing

/// Final models on disk, whatever their tasks are called.
@Suite struct KeptModelTests {
    @Test("every name that a task may have makes files, one a task")
    func longNames() throws {
        // 128 bytes of UTF-8 each, 384 once they are escaped; they differ in the last letter only.
        let start = String(repeating: "Ж", count: 62)
        let names = ["Ж", "Я"].map { TaskName("я" + start + $0) }
        let spaces = TaskName(String(repeating: " ", count: 128))
        let folder = try TemporaryFolder()
        let site = SiteName("north")
        let plan = try Self.plan(names + [spaces], owner: site)
        let results = try SiteResults(folder: folder.path, site: site, plan: plan)
        for (index, task) in plan.tasks.enumerated() {
            let weights = [Double](repeating: Double(index), count: plan.dimension)
            try results.keep(FinalModel(task: task.name, version: 7, weights: weights))
        }
        let again = try KeptModels(resultsFolder: folder.path, site: site, plan: plan)
        for (index, task) in plan.tasks.enumerated() {
            #expect(again.model(of: task.name)?.weights.first == Double(index))
            #expect(again.model(of: task.name)?.version == 7)
        }
        #expect(try folder.names().count { $0.hasPrefix("model-") && $0.hasSuffix(".npy") } == 3)
    }

    @Test(
        "a name is escaped as a whole up to the bound, and cut with its digest beyond", arguments: [-1, 0, 1])
    func bound(offset: Int) {
        let bound = EscapedName.fileByteCountMaximum
        let name = String(repeating: "n", count: bound + offset - 3) + "~"
        let text = EscapedName.ofFile(name)
        #expect(text.utf8.count == min(bound, bound + offset))
        #expect(text.hasSuffix("%7E") == (offset <= 0))
        #expect(text.contains("~") == (offset > 0))
        // What differs only in what is cut off gives another text.
        #expect(EscapedName.ofFile(name + "n") != EscapedName.ofFile(name + "m"))
    }

    /// The plan of a study whose tasks are all one site's.
    private static func plan(_ tasks: [TaskName], owner: SiteName) throws -> StudyPlan {
        let study = """
            name: long-names
            loss: squared
            regularizer: nuclear
            lambda: 2
            eta: 0.5
            stop: {epochs: 3}
            """
        return try StudyConfiguration.parse(study, path: "/study.yaml", overrides: [], environment: [:])
            .filledIn(
                tasks: tasks.map { TaskAssignment(name: $0.rawValue, site: owner.rawValue) }, dimension: 2
            ).plan()
    }
}
