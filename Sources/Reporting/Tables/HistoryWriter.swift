/// One accepted update as the history shows it.
package struct HistoryRecord: Sendable, Equatable {
    /// When it was applied, since the run began.
    package var time: Duration
    /// The version that it made.
    package var version: UInt64
    /// The task.
    package var task: String
    /// The versions applied between the column's computation and the update's arrival.
    package var staleness: UInt64
    /// The Krasnosel'skii-Mann factor used.
    package var relaxation: Double
    /// The study's fixed-point residual |U - V|_F after the step, with each task's newest update.
    package var residual: Double
    /// The bytes of the release.
    package var byteCount: Int

    /// Creates a record.
    package init(
        time: Duration, version: UInt64, task: String, staleness: UInt64, relaxation: Double,
        residual: Double,
        byteCount: Int
    ) {
        self.time = time
        self.version = version
        self.task = task
        self.staleness = staleness
        self.relaxation = relaxation
        self.residual = residual
        self.byteCount = byteCount
    }
}

/// Writes `history.csv`: a line an accepted update, in bounded memory.
///
/// Numbers are written shortest so that they read back to the same double; times are seconds, exact to the
/// nanosecond. Fields are quoted where RFC 4180 wants it; lines end with LF.
package struct HistoryWriter: ~Copyable {
    private var file: LineFile
    /// The version of the last line; 0 where there is none.
    package private(set) var lastVersion: UInt64
    /// Bytes of the lines that were cut off when the file was opened.
    package var cutByteCount: Int { file.cutByteCount }
    /// Where the file of before is, with all its lines, if more than a tail was cut off.
    package var oldPath: String? { file.oldPath }

    /// The first line of the file.
    package static let header = "time,version,task,staleness,relaxation,residual,bytes"

    /// Opens a file to append to, with the header if it is new; a torn last line is cut off.
    ///
    /// - Parameter version: Lines of a later version at the end, and lines that are no history's, are cut off too.
    package init(path: String, upToVersion version: UInt64 = .max) throws {
        var file = try LineFile(path: path) { line in
            Self.version(of: line).map { $0 <= version } ?? line.elementsEqual(Self.header.utf8)
        }
        if file.wasEmpty { try file.append(Array(Self.header.utf8)) }
        lastVersion = Self.version(of: file.lastLine) ?? 0
        self.file = file
    }

    private static func version(of line: [UInt8]) -> UInt64? {
        let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false)
        return fields.count == 3 ? UInt64(String(decoding: fields[1], as: UTF8.self)) : nil
    }

    /// Adds a line.
    ///
    /// - Throws: ``ReportingError``: `fileSystem`, or `closed` after ``close()`` or a failed write.
    package mutating func append(_ record: HistoryRecord) throws {
        let fields = [
            NumberText.seconds(record.time), "\(record.version)", CSVText.field(record.task),
            "\(record.staleness)", "\(record.relaxation)", "\(record.residual)", "\(record.byteCount)",
        ]
        try file.append(Array(fields.joined(separator: ",").utf8))
        lastVersion = record.version
    }

    /// Writes what is buffered.
    package mutating func flush() throws {
        try file.flush()
    }

    /// Writes what is buffered and syncs it; the writer takes no more.
    package mutating func close() throws {
        try file.close()
    }
}
