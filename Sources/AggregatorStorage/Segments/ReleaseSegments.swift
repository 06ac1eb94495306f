internal import FoundationEssentials
internal import Sodium

/// The bytes of large releases, one after the other in files of a fixed size beside the database.
///
/// A row of the database names the place, and the log's row has length and hash: bytes without a row are nothing. Files
/// are numbered upwards and removed whole, the oldest first.
struct ReleaseSegments: Sendable {
    private struct Writing: Sendable {
        var number: Int
        var file: SegmentFile
        var end: Int
        var byteCount: Int
    }

    private let database: String
    private let sizes: SegmentSizes
    private var writing: Writing?
    private var isSynced = true
    private var pending: PendingSync?
    /// Where the next release goes, as far as no file is open for writing.
    private var next = ReleasePlace(segment: 1, offset: 0)
    /// The file that was read last.
    private var reading: (number: Int, file: SegmentFile)?

    init(database: String, sizes: SegmentSizes) {
        self.database = database
        self.sizes = sizes
    }

    /// Whether a release of so many bytes goes into a segment.
    func takes(byteCount: Int) -> Bool { byteCount >= sizes.smallestReleaseByteCount }

    /// The segment that is written now.
    var current: Int { writing?.number ?? next.segment }

    /// Goes on behind what a stored state has.
    mutating func goOn(at place: ReleasePlace) {
        writing = nil
        next = place
    }

    /// Writes a release behind the one before; ``finishSynchronizing()`` makes it durable.
    mutating func append(_ release: [UInt8]) throws -> ReleasePlace {
        precondition(pending == nil, "a segment is written while it is synced")
        var segment = try self.segment(withRoomFor: release.count)
        let place = ReleasePlace(segment: segment.number, offset: segment.end)
        isSynced = false
        try segment.file.write(release, at: segment.end)
        segment.end += release.count
        writing = segment
        return place
    }

    /// Has everything that was written brought to the disk, beside what the caller does.
    mutating func beginSynchronizing() {
        guard !isSynced, let writing else { return }
        pending = PendingSync(of: writing.file)
    }

    /// Waits until everything that was written is on the disk.
    mutating func finishSynchronizing() throws {
        guard let pending else { return }
        self.pending = nil
        try pending.wait()
        isSynced = true
    }

    /// Returns the bytes of a place.
    ///
    /// - Parameter hash: BLAKE2b-256 of the bytes.
    /// - Throws: ``AggregatorStorageError`` `corrupted` with the file where they are not there, or others.
    mutating func read(_ place: ReleasePlace, byteCount: Int, hash: [UInt8]) throws -> [UInt8] {
        let file: SegmentFile
        if let reading, reading.number == place.segment {
            file = reading.file
        } else {
            file = try open(place.segment)
            reading = (place.segment, file)
        }
        guard let bytes = try file.read(byteCount, at: place.offset) else {
            throw Self.corruption(
                file.path, "it ends before byte \(place.offset + byteCount), where a release ends")
        }
        guard Blake2b.hash(bytes) == hash else {
            throw Self.corruption(
                file.path,
                "the \(byteCount) bytes from byte \(place.offset) on do not have the hash that the log has")
        }
        return bytes
    }

    /// Checks that every file of a range is there.
    func requireAll(_ numbers: ClosedRange<Int>) throws {
        for number in numbers where !FileManager.default.fileExists(atPath: path(of: number)) {
            throw Self.corruption(path(of: number), "it is missing, and releases of the log are in it")
        }
    }

    /// Removes every segment outside of a range of numbers.
    mutating func removeAll(except numbers: ClosedRange<Int>) throws {
        if let number = reading?.number, !numbers.contains(number) { reading = nil }
        let folder = URL(filePath: database).deletingLastPathComponent().path
        let prefix = path(of: nil).split(separator: "/").last.map(String.init) ?? ""
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            guard name.hasPrefix(prefix), let number = Int(name.dropFirst(prefix.count)),
                !numbers.contains(number)
            else { continue }
            try SegmentFile.remove(path(of: number))
        }
    }

    private func segment(withRoomFor byteCount: Int) throws -> Writing {
        if let writing {
            if writing.end + byteCount <= writing.byteCount { return writing }
            // A commit may fill more than one.
            try writing.file.synchronize()
            return try begin(ReleasePlace(segment: writing.number + 1, offset: 0), byteCount)
        }
        let isFull = next.offset + byteCount > sizes.segmentByteCount && next.offset > 0
        return try begin(isFull ? ReleasePlace(segment: next.segment + 1, offset: 0) : next, byteCount)
    }

    private func begin(_ place: ReleasePlace, _ byteCount: Int) throws -> Writing {
        let size = max(sizes.segmentByteCount, place.offset + byteCount)
        let file = try SegmentFile(path(of: place.segment), isMade: true)
        try file.reserve(byteCount: size)
        return Writing(number: place.segment, file: file, end: place.offset, byteCount: size)
    }

    private func open(_ number: Int) throws -> SegmentFile {
        try requireAll(number...number)
        return try SegmentFile(path(of: number), isMade: false)
    }

    /// The name ends like the database's other files, behind a hyphen: SQLite gives it the database's mode.
    private func path(of number: Int?) -> String {
        "\(database)-releases" + (number.map(String.init) ?? "")
    }

    private static func corruption(_ path: String, _ what: String) -> AggregatorStorageError {
        AggregatorStorageError(
            .corrupted,
            "the stored state is corrupted: \(path): \(what); restore the state folder from a backup, or move it away "
                + "to begin the study anew (sites rejoin by themselves)")
    }
}
