import Configuration
import TestSupport
import Testing

@Suite struct StudyLimitsTests {
    private func isAccepted(_ beyond: Int, _ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            return false
        }
    }

    @Test("names are bounded", arguments: [-1, 0, 1])
    func names(beyond: Int) throws {
        let task = String(repeating: "n", count: ConfigurationLimits.nameByteCount + beyond)
        let site = String(repeating: "n", count: ConfigurationLimits.siteNameByteCount + beyond)
        let study = try StudyTexts.parse(StudyTexts.minimal)
        #expect(
            isAccepted(beyond) { _ = try StudyTexts.parse(StudyTexts.minimal, set: ["name=\(site)"]) }
                == (beyond <= 0))
        for task in [TaskAssignment(name: task, site: "s"), TaskAssignment(name: "t", site: site)] {
            #expect(
                isAccepted(beyond) { _ = try study.filledIn(tasks: [task], dimension: 1) } == (beyond <= 0))
        }
    }

    @Test(
        "a name that a file of models keeps for itself is refused, and its neighbours are not",
        arguments: [("__metadata__", false), ("_metadata_", true), ("__Metadata__", true)])
    func reservedName(name: String, isAllowed: Bool) throws {
        let study = try StudyTexts.parse(StudyTexts.minimal)
        let task = TaskAssignment(name: name, site: "s")
        #expect(isAccepted(0) { _ = try study.filledIn(tasks: [task], dimension: 1) } == isAllowed)
    }

    @Test("the number of a site's tasks is bounded", arguments: [-1, 0, 1])
    func tasksOfSite(beyond: Int) throws {
        let study = try StudyTexts.parse(StudyTexts.minimal)
        let tasks = (0..<(ConfigurationLimits.tasksPerSite + beyond)).map {
            TaskAssignment(name: "\($0)", site: "s")
        }
        #expect(isAccepted(beyond) { _ = try study.filledIn(tasks: tasks, dimension: 1) } == (beyond <= 0))
    }

    @Test("the dimension is bounded", arguments: [-1, 0, 1])
    func dimension(beyond: Int) throws {
        let study = try StudyTexts.parse(StudyTexts.minimal)
        let dimension = ConfigurationLimits.dimension + beyond
        let task = TaskAssignment(name: "t", site: "s")
        #expect(
            isAccepted(beyond) { _ = try study.filledIn(tasks: [task], dimension: dimension) }
                == (beyond <= 0))
    }

    @Test("the number of tasks is bounded", arguments: [-1, 0, 1])
    func tasks(beyond: Int) throws {
        let study = try StudyTexts.parse(StudyTexts.minimal)
        let tasks = (0..<(ConfigurationLimits.taskCount + beyond)).map {
            TaskAssignment(name: "\($0)", site: "s\($0 % 100)")
        }
        #expect(isAccepted(beyond) { _ = try study.filledIn(tasks: tasks, dimension: 1) } == (beyond <= 0))
    }

    @Test("the model's entries are bounded", arguments: [-1, 0, 1])
    func entries(beyond: Int) throws {
        let study = try StudyTexts.parse(StudyTexts.minimal)
        let tasks = (0..<512).map { TaskAssignment(name: "\($0)", site: "s") }
        let dimension = ConfigurationLimits.modelEntryCount / 512 + beyond
        #expect(
            isAccepted(beyond) { _ = try study.filledIn(tasks: tasks, dimension: dimension) } == (beyond <= 0)
        )
    }

    @Test("overrides are bounded", arguments: [-1, 0, 1])
    func overrides(beyond: Int) throws {
        let set = Array(repeating: "lambda=3", count: ConfigurationLimits.overrideCount + beyond)
        #expect(
            isAccepted(beyond) { _ = try StudyTexts.parse(StudyTexts.minimal, set: set) } == (beyond <= 0))
    }

    @Test("the file's size is bounded", arguments: [-1, 0, 1])
    func fileSize(beyond: Int) throws {
        let folder = try TemporaryFolder()
        let start = StudyTexts.minimal + "\n#"
        let filler = String(
            repeating: "x", count: ConfigurationLimits.fileByteCount + beyond - start.utf8.count)
        let file = try folder.write(start + filler, to: "study.yaml")
        #expect(isAccepted(beyond) { _ = try StudyConfiguration.load(path: file) } == (beyond <= 0))
    }

    @Test("a study of many tasks loads in reasonable time and reads back")
    func manyTasks() throws {
        let tasks = (0..<2000).map { TaskAssignment(name: "task \($0)", site: "s\($0 % 50)") }
        let study = try StudyTexts.parse(StudyTexts.minimal).filledIn(tasks: tasks, dimension: 10)
        #expect(try StudyTexts.parse(study.yaml()) == study)
    }
}
