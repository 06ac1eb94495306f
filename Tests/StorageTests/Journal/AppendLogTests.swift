internal import Glibc
internal import SeededRandom
internal import TestSupport
internal import Testing

@testable internal import Storage

/// A log that keeps its frames whole, through whatever happens to its file.
@Suite struct AppendLogTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.file("log") }

    /// Opens the log and returns it with the frames that were in it.
    private func open(
        _ durability: JournalDurability = .unsynced, owner: String = "us",
        boot: BootIdentifier = BootIdentifier()
    ) throws -> (frames: [[UInt8]], recovery: AppendLog.Recovery) {
        var frames: [[UInt8]] = []
        let log = try opened(durability, owner: owner, boot: boot) { frames.append($0) }
        return (frames, log.recovery)
    }

    private func opened(
        _ durability: JournalDurability = .unsynced, owner: String = "us",
        boot: BootIdentifier = BootIdentifier(), _ replay: ([UInt8]) -> Void = { _ in }
    ) throws -> AppendLog {
        try AppendLog(
            folder: folder.path, name: "log", owner: Array(owner.utf8), durability: durability, boot: boot,
            requireOwner: { found in
                if found != Array(owner.utf8) { throw StorageError(.foreign, "another's") }
            },
            replay: { payload, _ in replay(payload) })
    }

    private func frames(_ count: Int, seed: UInt64 = 1) -> [[UInt8]] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            (0..<1 + random.integer(below: 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                + [UInt8(truncatingIfNeeded: index)]
        }
    }

    private func write(_ frames: [[UInt8]], _ durability: JournalDurability = .unsynced) throws {
        var log = try opened(durability)
        for frame in frames { try log.append(byteCountHint: frame.count) { $0 += frame } }
    }

    @Test("what was added is there again", arguments: JournalDurability.allCases)
    func kept(durability: JournalDurability) throws {
        #expect(try open(durability).recovery == .created)
        let frames = frames(40)
        try write(Array(frames[..<25]), durability)
        try write(Array(frames[25...]), durability)
        let again = try open(durability)
        #expect(again.frames == frames)
        #expect(again.recovery == .whole(frameCount: 40))
        #expect(try folder.mode(of: "log") == 0o600)
        #expect(try folder.mode(of: "log.lock") == 0o600)
    }

    /// Where each frame begins and the last one ends.
    private func places(_ frames: [[UInt8]]) throws -> [Int] {
        let header = try contents(of: path).withUnsafeBytes { LogFrame.Header($0) }
        var place = LogFrame.byteCount(payloadByteCount: try #require(header).byteCount)
        return [place]
            + frames.map { frame in
                place += LogFrame.byteCount(payloadByteCount: frame.count)
                return place
            }
    }

    private func overwrite(_ bytes: [UInt8], at offset: Int) throws {
        let file = try FileDescriptor.updating(path)
        try file.write(bytes, at: offset)
    }

    @Test(
        "a last frame that is not whole is cut off, wherever the write stopped, and its place is said",
        arguments: JournalDurability.allCases)
    func torn(durability: JournalDurability) throws {
        let frames = frames(3, seed: 2)
        try write(frames, durability)
        let places = try places(frames)
        let whole = try contents(of: path)
        let end = places[2] + LogFrame.headerByteCount + frames[2].count
        for stop in [places[2], places[2] + 1, end - 1] + stride(from: places[2] + 2, to: end, by: 11) {
            try overwrite(Array(whole[..<places[3]]), at: 0)
            try overwrite([UInt8](repeating: 0, count: places[3] - stop), at: stop)
            let last = whole[..<stop].lastIndex { $0 != 0 } ?? 0
            let again = try open(durability)
            #expect(again.frames == Array(frames[..<2]))
            if last < places[2] {
                #expect(again.recovery == .whole(frameCount: 2))
            } else if again.recovery
                != .cut(offset: places[2], byteCount: last + 1 - places[2], frameCount: 2)
            {
                Issue.record("stopped at \(stop): \(again.recovery)")
            }
            // What was cut is never read as anything again, and the log goes on.
            let third = try opened(durability)
            let recovery = third.recovery
            #expect(recovery == .whole(frameCount: 2))
        }
        try write([[1, 2, 3]], durability)
        #expect(try open(durability).frames == Array(frames[..<2]) + [[1, 2, 3]])
    }

    @Test("a frame that changed with whole ones behind it is refused with its place", arguments: 0..<4)
    func corrupted(index: Int) throws {
        let frames = frames(5, seed: 3)
        try write(frames, .synced)
        let places = try places(frames)
        let whole = try contents(of: path)
        var random = SeededGenerator(seed: UInt64(index))
        for _ in 0..<10 {
            // Of header and payload; the zeros that fill a frame up carry nothing.
            let byteCount = LogFrame.headerByteCount + frames[index].count
            let place = places[index] + random.integer(below: byteCount)
            try overwrite(Array(whole[..<places[5]]), at: 0)
            try overwrite([whole[place] ^ UInt8(1 << random.integer(below: 8))], at: place)
            let error = #expect(throws: StorageError(.corrupted, "")) { _ = try open(.synced) }
            for part in [path, "offset \(places[index])", "\(places[index + 1])", "move it away"] {
                #expect(try #require(error).message.contains(part))
            }
        }
    }

    @Test("a header that changed is refused; one that never reached the disk of an unsynced log is not")
    func header() throws {
        try write(frames(2))
        let whole = try contents(of: path)
        try overwrite([whole[20] ^ 1], at: 20)
        #expect(throws: StorageError(.corrupted, "")) { _ = try open() }
        try overwrite([UInt8](repeating: 0, count: whole.count), at: 0)
        #expect(throws: StorageError(.corrupted, "")) { _ = try open(.synced) }
        #expect(try open().recovery == .lost)
        #expect(try open().recovery == .whole(frameCount: 0))
    }

    @Test(
        "a hole in a log that was not synced is a lost write after the machine's restart, and corruption before"
    )
    func hole() throws {
        let frames = frames(4, seed: 4)
        try write(frames)
        let places = try places(frames)
        try overwrite([UInt8](repeating: 0, count: 16), at: places[1])
        #expect(throws: StorageError(.corrupted, "")) { _ = try open() }
        let end = try (contents(of: path).lastIndex { $0 != 0 } ?? 0) + 1
        let other = BootIdentifier(bytes: Array(repeating: 7, count: BootIdentifier.byteCount))
        let again = try open(boot: other)
        #expect(again.frames == [frames[0]])
        #expect(
            again.recovery == .cut(offset: places[1], byteCount: end - places[1], frameCount: 1))
    }

    @Test("where no start of the machine is known, each is taken for another")
    func unknownStart() throws {
        let unknown = BootIdentifier(readingFrom: folder.file("absent"))
        let frames = frames(4, seed: 4)
        var log = try opened(boot: unknown)
        for frame in frames { try log.append(byteCountHint: frame.count) { $0 += frame } }
        _ = consume log
        let whole = try opened(boot: unknown)
        #expect(whole.recovery == .whole(frameCount: 4))
        let isOfEarlierTerms = whole.isOfEarlierTerms
        #expect(isOfEarlierTerms)
        _ = consume whole
        try overwrite([UInt8](repeating: 0, count: 16), at: try places(frames)[1])
        #expect(try open(boot: unknown).frames == [frames[0]])
        let torn = BootIdentifier(readingFrom: try folder.write("6f1c", to: "torn"))
        #expect(torn == unknown)
    }

    @Test("a log has one process and one owner")
    func owners() throws {
        do {
            let log = try opened()
            let error = #expect(throws: StorageError(.inUse, "")) { _ = try open() }
            #expect(try #require(error).message.contains("process \(getpid())"))
            let fits = log.fits(payloadByteCount: 1)
            #expect(fits)
        }
        #expect(throws: StorageError(.foreign, "")) { _ = try open(owner: "them") }
        _ = try open()
    }

    @Test("others may not read it")
    func mode() throws {
        _ = try open()
        try folder.setMode(0o640, of: "log")
        #expect(throws: StorageError(.insecurePermissions, "")) { _ = try open() }
    }

    @Test("rewritten, it holds the new frames and no others; an interrupted rewriting leaves the old ones")
    func rewritten() throws {
        let frames = frames(6)
        var log = try opened()
        for frame in frames { try log.append(byteCountHint: 0) { $0 += frame } }
        #expect(throws: CancellationError.self) {
            try log.rewrite(payloadByteCount: 10) { add in
                try add(0) { $0 += [1] }
                throw CancellationError()
            }
        }
        #expect(try !folder.names().contains("log.new"))
        try folder.write([9], to: "log.new")
        _ = consume log
        #expect(try open().frames == frames)
        var other = try opened()
        try other.rewrite(payloadByteCount: 10) { add in
            try add(0) { $0 += [1] }
            try add(0) { $0 += [2, 3] }
        }
        try other.append(byteCountHint: 0) { $0 += [4] }
        _ = consume other
        #expect(try open().frames == [[1], [2, 3], [4]])
        #expect(try Set(folder.names()) == ["log", "log.lock"])
    }

    @Test("a frame has the room that is left and no more", arguments: [-1, 0, 1])
    func room(offset: Int) throws {
        var log = try opened()
        let header = try #require(contents(of: path).withUnsafeBytes { LogFrame.Header($0) })
        let left =
            JournalLimits.minimumByteCount - LogFrame.byteCount(payloadByteCount: header.byteCount)
            - LogFrame.headerByteCount
        let frame = [UInt8](repeating: 7, count: left + offset)
        let fits = log.fits(payloadByteCount: frame.count)
        #expect(fits == (offset <= 0))
        if offset <= 0 {
            try log.append(byteCountHint: frame.count) { $0 += frame }
            _ = consume log
            #expect(try open().frames == [frame])
        } else {
            #expect(throws: StorageError(.tooLarge, "")) {
                try log.append(byteCountHint: frame.count) { $0 += frame }
            }
        }
    }

    @Test("a rewritten log has room for several checkpoints, within its bounds", arguments: [-1, 0, 1])
    func capacity(offset: Int) throws {
        let factor = JournalLimits.checkpointFactor
        let smallest = JournalLimits.minimumByteCount / factor + offset
        #expect(
            try AppendLog.capacity(checkpointByteCount: smallest, path: path)
                == JournalLimits.minimumByteCount + max(offset, 0) * factor)
        let largest = JournalLimits.maximumByteCount / factor + offset
        if offset <= 0 {
            #expect(try AppendLog.capacity(checkpointByteCount: largest, path: path) == largest * factor)
        } else {
            #expect(throws: StorageError(.tooLarge, "")) {
                try AppendLog.capacity(checkpointByteCount: largest, path: path)
            }
        }
        var log = try opened()
        try log.rewrite(payloadByteCount: smallest - 2) { _ in }
        _ = consume log
        #expect(try contents(of: path).count == JournalLimits.minimumByteCount + max(offset, 0) * factor)
    }
}
