internal import Federation
internal import Reporting

/// The number of an accepted update, and the version that it made.
struct AcceptedNumber: Equatable {
    var sequence: UInt64
    var version: UInt64

    /// Returns each task's newest acceptance among those in a file's last bytes, and how many lines there are none.
    ///
    /// What is behind by more than that is known to the journal, which is written after the file. The file is not
    /// synced: after the machine's end lines may be missing from it that the aggregator's log has.
    static func newest(
        inFileAt path: String, byteCount: Int
    ) throws -> (numbers: [TaskName: AcceptedNumber], unreadableCount: Int) {
        var newest: [TaskName: AcceptedNumber] = [:]
        var (lines, unreadableCount) = try JSONLines.readEnd(path: path, byteCount: byteCount)
        for line in lines {
            guard let task = line["task"]?.stringValue, let sequence = line["sequence"]?.integerValue,
                let version = line["version"]?.integerValue
            else {
                unreadableCount += 1
                continue
            }
            newest[TaskName(task)] = AcceptedNumber(
                sequence: UInt64(clamping: sequence), version: UInt64(clamping: version))
        }
        return (newest, unreadableCount)
    }
}
