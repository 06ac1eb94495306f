internal import FoundationEssentials
internal import Glibc
internal import PrivacyLedger
internal import Sodium
internal import Storage
internal import TestSupport
internal import Testing

@Suite("A book of receipts in its file")
struct ReceiptStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.file("north.receipts") }

    private func key(_ number: UInt8 = 1) throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    private func open(_ key: UInt8 = 1, run: String = "run/1", site: String = "north") throws -> ReceiptStore
    {
        try ReceiptStore(path, site: site, run: run, aggregator: "aggregator", key: self.key(key), at: 5)
    }

    private static func receipts(_ range: Range<UInt8>) -> [Receipt] {
        range.map {
            Receipt(
                release: LedgerHash(ofRelease: [$0]), outcome: $0.isMultiple(of: 3) ? .refused : .accepted)
        }
    }

    private static func head(_ sequence: UInt64) -> LedgerHead {
        LedgerHead(
            ledger: LedgerHash(ofRelease: [200]), sequence: sequence,
            hash: LedgerHash(ofRelease: [201, UInt8(sequence)]))
    }

    private func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    private func write(_ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// What an auditor reads.
    private func entries() throws -> [ReceiptEntry] {
        var replay = ReceiptReplay(publicKey: try key().publicKey)
        var entries: [ReceiptEntry] = []
        try replay.read(try bytes()) { entries.append($0) }
        try replay.finish()
        #expect(replay.site == "north" && replay.run == "run/1")
        return entries
    }

    private func receipts() throws -> [Receipt] {
        try entries().flatMap { entry -> [Receipt] in
            if case .receipts(let receipts) = entry.content { receipts } else { [] }
        }
    }

    @Test("a book goes on over processes as one chain, with its counts and newest heads")
    func resumes() throws {
        do {
            let store = try open()
            try store.add(Self.receipts(0..<70), at: 6)
            _ = try store.countersign(Self.head(3), at: 7)
            #expect(try store.countersign(Self.head(3), at: 8) == store.heads.values.first)
        }
        let store = try open()
        #expect(store.counts == [.accepted: 46, .refused: 24] && store.cutByteCount == 0)
        #expect(store.heads.values.map(\.head) == [Self.head(3)])
        let again = try store.countersign(Self.head(3), at: 9)
        #expect(again.isSigned(by: try key().publicKey))
        let next = try store.countersign(Self.head(4), at: 9)
        try store.add(Self.receipts(70..<80), at: 10)
        #expect(try open().heads.values.map(\.self) == [next])
        #expect(try receipts() == Self.receipts(0..<80))
        // Opened, two records of receipts, a head that was signed once, another, and the rest.
        #expect(try entries().map(\.sequence) == Array(0..<6))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o644, "it is nobody's secret")
    }

    @Test("a torn end is cut, wherever it was torn, and what is before it stays")
    func torn() throws {
        do {
            let store = try open()
            try store.add(Self.receipts(0..<3), at: 6)
            try store.add(Self.receipts(3..<6), at: 6)
        }
        let whole = try bytes()
        let starts = try recordStarts(of: whole)
        for end in 0..<whole.count {
            try write(whole[..<end])
            let start = starts.last { $0 <= end } ?? 0
            let store = try open()
            #expect(store.cutByteCount == end - start, "cut at \(end)")
            let count = UInt8(3 * max(starts.count { $0 <= end } - 2, 0))
            try store.add(Self.receipts(count..<6), at: 6)
            #expect(try receipts() == Self.receipts(0..<6), "cut at \(end)")
        }
    }

    /// Where records begin, and the end.
    private func recordStarts(of bytes: [UInt8]) throws -> [Int] {
        var starts = [0]
        while let start = starts.last, start < bytes.count {
            guard case .record(_, let count) = SignedRecord.parse(bytes, at: start, purpose: .receipts) else {
                Issue.record("no record at \(start)")
                break
            }
            starts.append(start + count)
        }
        return starts
    }

    @Test("a book with a changed byte, of another key, site or run is refused as it is")
    func foreign() throws {
        do {
            let store = try open()
            try store.add(Self.receipts(0..<3), at: 6)
            try store.add(Self.receipts(3..<6), at: 6)
        }
        let whole = try bytes()
        let last = try #require(try recordStarts(of: whole).dropLast().last)
        for offset in stride(from: 0, to: last, by: 7) {
            var changed = whole
            changed[offset] ^= 1
            try write(changed)
            #expect(throws: LedgerError.self, "byte \(offset)") { _ = try open() }
            #expect(try bytes() == changed, "nothing is mended")
        }
        try write(whole)
        #expect(throws: LedgerError(.badSignature, "")) { _ = try open(2) }
        #expect(throws: LedgerError(.forbiddenEntry, "")) { _ = try open(run: "run/2") }
        #expect(throws: LedgerError(.forbiddenEntry, "")) { _ = try open(site: "south") }
        #expect(try open().counts[.accepted] == 4)
    }

    @Test("a file that somebody else wrote to, removed or locks takes nothing more")
    func changed() throws {
        let first = try open()
        try first.add(Self.receipts(0..<1), at: 6)
        let second = try open()
        try second.add(Self.receipts(1..<2), at: 6)
        #expect(throws: StorageError(.corrupted, "")) { try first.add(Self.receipts(2..<3), at: 6) }
        #expect(throws: StorageError(.failed, "")) { try first.add(Self.receipts(2..<3), at: 6) }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: StorageError(.notFound, "")) { try second.add(Self.receipts(2..<3), at: 6) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
