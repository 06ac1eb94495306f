internal import Reporting

/// A noisy score as its file has it, whose bytes are what the ledger charges.
struct KeptScore: Equatable {
    var site: String
    /// In hexadecimal digits.
    var studyDigest: String
    /// As ledgers name it.
    var run: String
    var task: String
    /// The model's.
    var version: Int
    /// Held-out records.
    var recordCount: Int
    /// The noisy sum, in grid steps.
    var steps: Int64

    init(
        site: String, studyDigest: String, run: String, task: String, version: Int, recordCount: Int,
        steps: Int64
    ) {
        self.site = site
        self.studyDigest = studyDigest
        self.run = run
        self.task = task
        self.version = version
        self.recordCount = recordCount
        self.steps = steps
    }

    /// nil for bytes that are no score's.
    init?(_ bytes: [UInt8]) {
        guard let object = try? JSONValue(parsing: bytes), let site = object["site"]?.stringValue,
            let studyDigest = object["study_digest"]?.stringValue, let run = object["run"]?.stringValue,
            let task = object["task"]?.stringValue, let version = object["version"]?.integerValue,
            let recordCount = object["records"]?.integerValue, let steps = object["steps"]?.integerValue
        else { return nil }
        self.init(
            site: site, studyDigest: studyDigest, run: run, task: task, version: version,
            recordCount: recordCount, steps: Int64(steps))
    }

    var bytes: [UInt8] {
        let object: JSONValue = [
            "site": JSONValue(site), "study_digest": JSONValue(studyDigest), "run": JSONValue(run),
            "task": JSONValue(task), "version": JSONValue(version), "records": JSONValue(recordCount),
            "steps": .integer(steps),
        ]
        return Array(object.indentedText.utf8)
    }
}
