internal import Federation
internal import Reporting

/// The number of an accepted update, and the version that it made.
struct AcceptedNumber: Equatable {
    var sequence: UInt64
    var version: UInt64

    /// Returns each task's newest acceptance among those at the end of a file of acceptances.
    ///
    /// What is behind by more than that is known to the journal, which is written after the file.
    static func newest(inFileAt path: String) throws -> [TaskName: AcceptedNumber] {
        var newest: [TaskName: AcceptedNumber] = [:]
        for line in try JSONLines.readEnd(path: path, byteCount: SiteLimits.acceptanceTailByteCount) {
            guard let task = line["task"]?.stringValue, let sequence = line["sequence"]?.integerValue,
                let version = line["version"]?.integerValue
            else { continue }
            newest[TaskName(task)] = AcceptedNumber(
                sequence: UInt64(clamping: sequence), version: UInt64(clamping: version))
        }
        return newest
    }
}
