internal import Glibc
internal import Reporting
internal import TestSupport
internal import Testing

@Suite struct FilesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a file is replaced whole, with the permissions asked for, and nothing stays beside it")
    func atomicWrite() throws {
        let path = "\(folder.path)/model"
        try AtomicFile.write([1, 2, 3], to: path)
        try AtomicFile.write([UInt8](repeating: 7, count: 200_000), to: path, permissions: 0o600)
        #expect(try contents(of: path) == [UInt8](repeating: 7, count: 200_000))
        #expect(try folder.names() == ["model"])
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        try AtomicFile.write([], to: path)
        #expect(try contents(of: path) == [])
    }

    @Test("a write that fails leaves the old content and nothing beside it")
    func atomicFailure() throws {
        #expect(throws: ReportingError(.fileSystem, "")) { try AtomicFile.write([1], to: "") }
        #expect(throws: ReportingError(.fileSystem, "")) { try AtomicFile.write([1], to: "\(folder.path)/") }
        #expect(throws: ReportingError(.fileSystem, "")) {
            try AtomicFile.write([1], to: "\(folder.path)/absent/model")
        }
        // A folder cannot be replaced by a file: the rename itself fails.
        let target = "\(folder.path)/folder"
        #expect(unsafe mkdir(target, 0o700) == 0)
        defer { unsafe rmdir(target) }
        #expect(throws: ReportingError(.fileSystem, "")) { try AtomicFile.write([1], to: target) }
        #expect(try folder.names() == ["folder"])
    }

    @Test("files are read up to the limit and no further", arguments: [-1, 0, 1])
    func readLimit(excess: Int) throws {
        let path = try folder.write([UInt8](repeating: 1, count: 100 + excess), to: "file")
        if excess <= 0 {
            #expect(try FileContents.read(path: path, limit: 100).count == 100 + excess)
        } else {
            #expect(throws: ReportingError(.tooLarge, "")) { try FileContents.read(path: path, limit: 100) }
        }
        #expect(throws: ReportingError(.fileSystem, "")) { try FileContents.read(path: path + "x") }
    }

    private func record(_ version: UInt64, task: String = "1", residual: Double = 0.1) -> HistoryRecord {
        HistoryRecord(
            time: .milliseconds(1_500), version: version, task: task, staleness: 2, relaxation: 1.0 / 3,
            residual: residual, byteCount: 300)
    }

    @Test("history has a header and a line an update, numbers exact, names quoted")
    func history() throws {
        let path = "\(folder.path)/history.csv"
        var writer = try HistoryWriter(path: path)
        try writer.append(record(1))
        try writer.append(record(2, task: "a,\"b\"", residual: .leastNonzeroMagnitude))
        try writer.append(record(.max, task: " x", residual: .nan))
        try writer.close()
        #expect(
            try text(of: path) == """
                time,version,task,staleness,relaxation,residual,bytes
                1.5,1,1,2,0.3333333333333333,0.1,300
                1.5,2,"a,""b""\",2,0.3333333333333333,5e-324,300
                1.5,18446744073709551615," x",2,0.3333333333333333,nan,300

                """)
        #expect(throws: ReportingError(.closed, "")) { try writer.append(record(3)) }
        #expect(throws: ReportingError(.closed, "")) { try writer.flush() }
    }

    @Test("a history goes on after a restart; a torn line is cut off")
    func restart() throws {
        let path = "\(folder.path)/history.csv"
        do {
            var writer = try HistoryWriter(path: path)
            try writer.append(record(1))
            // Going out of scope writes the buffer.
        }
        let whole = try text(of: path)
        _ = try folder.write(whole + "1.6,2,1,", to: "history.csv")
        var writer = try HistoryWriter(path: path)
        try writer.append(record(2))
        try writer.flush()
        #expect(try text(of: path) == whole + "1.5,2,1,2,0.3333333333333333,0.1,300\n")
        // Even a torn header is made whole, and a torn line longer than the buffer cut.
        _ = try folder.write("time,ver", to: "other.csv")
        var other = try HistoryWriter(path: "\(folder.path)/other.csv")
        try other.close()
        #expect(try text(of: "\(folder.path)/other.csv") == HistoryWriter.header + "\n")
        let torn = "a\n" + String(repeating: "x", count: 3 * ReportingLimits.bufferByteCount)
        var lines = try JSONLinesWriter(path: folder.write(torn, to: "torn"))
        try lines.close()
        #expect(try text(of: "\(folder.path)/torn") == "a\n")
    }

    @Test(
        "a history is cut to a version; one of which more than a tail would go is kept",
        arguments: [0, 1, 1_000, 1_001])
    func cut(count: Int) throws {
        let kept = 2_000
        let path = folder.file("history.csv")
        do {
            var writer = try HistoryWriter(path: path)
            for version in 1...(kept + count) { try writer.append(record(UInt64(version))) }
        }
        let whole = try contents(of: path)
        var writer = try HistoryWriter(path: path, upToVersion: UInt64(kept))
        #expect(writer.lastVersion == UInt64(kept))
        try writer.append(record(UInt64(kept) + 1, task: "anew"))
        try writer.close()
        let old = count > ReportingLimits.tailLineCount ? path + ".old-1" : nil
        #expect(writer.oldPath == old)
        if let old { #expect(try contents(of: old) == whole) }
        #expect(try folder.names().count == (old == nil ? 1 : 2))
        var versions: [UInt64] = []
        try HistoryReader.forEach(path: path) { versions.append($0.version) }
        #expect(versions == Array(1...UInt64(kept + 1)))
        #expect(try text(of: path).hasSuffix(",anew,2,0.3333333333333333,0.1,300\n"))
    }

    @Test("files of which less than half is of the stored state are kept, each under a name of its own")
    func keptAside() throws {
        let path = folder.file("history.csv")
        for number in 1...2 {
            do {
                var writer = try HistoryWriter(path: path)
                for version in 1...9 { try writer.append(record(UInt64(version), task: "\(number)")) }
            }
            let whole = try contents(of: path)
            let writer = try HistoryWriter(path: path, upToVersion: 0)
            #expect(writer.oldPath == "\(path).old-\(number)")
            #expect(try contents(of: "\(path).old-\(number)") == whole)
        }
        #expect(try text(of: path) == HistoryWriter.header + "\n")
        let lines = (1...3).map { "{\"version\":\($0)}\n" }.joined()
        let losses = try folder.write(lines, to: "losses.jsonl")
        let tail = try JSONLinesWriter(path: losses, upTo: 2, of: "version")
        #expect(tail.oldPath == nil && tail.lastNumber == 2)
        let rest = try JSONLinesWriter(path: losses, upTo: 0, of: "version")
        #expect(rest.oldPath == losses + ".old-1" && rest.lastNumber == 0)
        #expect(try text(of: losses).isEmpty)
    }

    @Test("lines of the buffer's size, one byte less and one more are written whole", arguments: [-1, 0, 1])
    func bufferBound(excess: Int) throws {
        let path = "\(folder.path)/lines"
        var writer = try JSONLinesWriter(path: path)
        // Two quotes and a line feed.
        let long = String(repeating: "x", count: ReportingLimits.bufferByteCount - 3 + excess)
        try writer.append("before")
        try writer.append(.string(long))
        try writer.append("after")
        try writer.close()
        #expect(try JSONLines.read(path: path) == ["before", .string(long), "after"])
    }

    @Test("the buffer stays within its bound: lines reach the file as they fill it")
    func boundedMemory() throws {
        let path = "\(folder.path)/lines"
        var writer = try JSONLinesWriter(path: path)
        for index in 0..<20_000 { try writer.append(["index": JSONValue(index)]) }
        var total = 0
        for index in 0..<20_000 { total += "{\"index\":\(index)}\n".utf8.count }
        let written = try contents(of: path).count
        #expect(total - written <= ReportingLimits.bufferByteCount)
        try writer.close()
        #expect(try contents(of: path).count == total)
    }

    @Test("JSON lines are read back; an unfinished one is left out, a broken one named")
    func jsonLines() throws {
        let path = try folder.write("{\"a\":1}\n2\n{\"a\"", to: "lines")
        #expect(try JSONLines.read(path: path) == [["a": 1], 2])
        #expect(try JSONLines.read(path: folder.write("", to: "lines")) == [])
        let broken = try folder.write("1\n\n3\n", to: "lines")
        let error = #expect(throws: ReportingError.self) { try JSONLines.read(path: broken) }
        #expect(error?.code == .malformedJSON)
        #expect(error?.message.contains("line 2") == true)
    }

    @Test(
        "the lines that begin at a file's end are read; those that cannot be are counted",
        arguments: [-1, 0, 1])
    func endOfFile(offset: Int) throws {
        let path = try folder.write("11\n22\n\0\0x\n333\n4", to: "lines")
        // "22" begins so many bytes before the end; one more, and it is known to begin there.
        let end = try JSONLines.readEnd(path: path, byteCount: 13 + offset)
        #expect(end.values == (offset < 0 ? [333] : [22, 333]))
        #expect(end.unreadableCount == 1)
        let whole = try JSONLines.readEnd(path: path, byteCount: 1 << 20)
        #expect(whole.values == [11, 22, 333] && whole.unreadableCount == 1)
        let nothing = try JSONLines.readEnd(path: path, byteCount: 1)
        #expect(nothing.values.isEmpty && nothing.unreadableCount == 0)
    }

    @Test("a full disk is an error, and nothing is written after it")
    func fullDisk() throws {
        try #require(unsafe access("/dev/full", W_OK) == 0)
        var writer = try JSONLinesWriter(path: "/dev/full")
        try writer.append("x")
        #expect(throws: ReportingError(.fileSystem, "")) { try writer.flush() }
        #expect(throws: ReportingError(.closed, "")) { try writer.append("y") }
    }
}
