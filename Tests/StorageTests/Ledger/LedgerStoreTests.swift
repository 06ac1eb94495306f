internal import Glibc
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import Sodium
internal import Storage
internal import TestSupport
internal import Testing

@Suite("A ledger in its file")
struct LedgerStoreTests {
    private let folder: TemporaryFolder
    private let dataset = LedgerHash(ofRelease: [1])

    init() throws { folder = try TemporaryFolder() }

    private func key(_ number: UInt8 = 1) throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    private var path: String { folder.file("ledger") }
    private var newestPath: String { folder.file("newest") }

    private var release: PrivateRelease {
        PrivateRelease(
            run: "run", task: "task", modelVersion: 1, mechanism: .gaussian, noiseMultiplier: 20,
            noiseStandardDeviation: 20, clippingNorm: 1, normBound: 1, sampling: .all,
            declaredRecordCount: 10,
            relation: .replaceOne, unit: .record, dimension: 3, noiseSource: .system, dataset: dataset,
            configuration: dataset)
    }

    private func policy() throws -> PrivacyPolicy {
        try PrivacyPolicy(
            epsilon: 4, delta: 1e-5, relation: .replaceOne, unit: .record, mechanism: .gaussian,
            sampling: .all, smallestNoiseMultiplier: 4)
    }

    private func create() throws -> LedgerStore {
        try LedgerStore(
            creating: path, newestPath: newestPath, dataset: dataset, site: "north", policy: policy(),
            key: key(), at: 1)
    }

    private func open() throws -> LedgerStore {
        try LedgerStore(
            opening: path, newestPath: newestPath, dataset: dataset, site: "north", key: key(), at: 2)
    }

    /// Makes a ledger with so many charges and closes it; returns its head.
    @discardableResult
    private func make(charges: UInt8) throws -> LedgerHead {
        var store = try create()
        for number in 0..<charges { _ = try store.charge(release, bytes: [number], isResend: true, at: 1) }
        return store.head
    }

    /// Returns the error that opening throws, or nil.
    private func openingError() -> (any Error)? {
        do {
            _ = try open()
            return nil
        } catch {
            return error
        }
    }

    @Test("what was charged is in the file, and is known to the next process")
    func reopens() throws {
        let head = try make(charges: 3)
        #expect(try folder.mode(of: "ledger") == 0o600)
        #expect(try folder.names() == ["ledger", "newest"])
        #expect(try folder.mode(of: "newest") == 0o600)
        var store = try open()
        #expect(store.recoveredByteCount == nil)
        #expect(store.head == head)
        #expect(store.account.counts == [release.event: 3])
        let before = try contents(of: path)
        guard case .charged(let again) = try store.charge(release, bytes: [1], isResend: true, at: 3) else {
            Issue.record("a resend is refused")
            return
        }
        #expect(again.entry == 2)
        #expect(try contents(of: path) == before)
    }

    @Test("state one ahead of the ledger is charged, then sent; ledger ahead of state stays spent")
    func crashOrder() throws {
        // The state has bytes 0...3, the ledger 0...2: the process ended between the two.
        try make(charges: 3)
        var store = try open()
        for number: UInt8 in 0...3 { _ = try store.charge(release, bytes: [number], isResend: true, at: 3) }
        #expect(store.account.counts == [release.event: 4])
        // A state that lost the bytes of entry 4 makes others, which are charged beside them.
        _ = try store.charge(release, bytes: [9], isResend: true, at: 3)
        #expect(store.account.counts == [release.event: 5])
    }

    @Test("a missing ledger is a refusal, and an existing one is not begun again")
    func missing() throws {
        #expect(openingError() as? StorageError == StorageError(.notFound, ""))
        try make(charges: 0)
        var code: StorageError.Code?
        do { _ = try create() } catch { code = (error as? StorageError)?.code }
        #expect(code == .alreadyExists)
    }

    @Test("a ledger that is refused leaves no file")
    func refusedCreation() throws {
        let policy = try policy()
        #expect(throws: LedgerError(.invalidValue, "")) {
            _ = try LedgerStore(
                creating: path, newestPath: newestPath, dataset: dataset, site: "", policy: policy,
                key: key(),
                at: 1)
        }
        #expect(access(path, F_OK) != 0)
        // Nothing was noted: it can be begun.
        _ = try create()
    }

    @Test(
        "a file that was removed, replaced, copied over, linked, made longer or shorter takes no more",
        arguments: ["removed", "replaced", "moved", "linked", "longer", "shorter"])
    func changedBehind(how: String) throws {
        var store = try create()
        _ = try store.charge(release, bytes: [1], isResend: true, at: 1)
        let bytes = try contents(of: path)
        switch how {
        case "removed": try folder.remove("ledger")
        case "replaced":
            try folder.remove("ledger")
            try folder.write(bytes, to: "ledger")
        case "moved": try #require(rename(path, folder.file("other")) == 0)
        case "linked": try #require(link(path, folder.file("other")) == 0)
        case "longer": try #require(truncate(path, off_t(bytes.count + 1)) == 0)
        default: try #require(truncate(path, off_t(bytes.count - 1)) == 0)
        }
        var codes: [String] = []
        for number: UInt8 in [2, 3] {
            do { _ = try store.charge(release, bytes: [number], isResend: true, at: 1) } catch {
                codes.append(
                    (error as? StorageError)?.code.rawValue
                        ?? "\((error as? LedgerError)?.code.rawValue ?? "")")
            }
        }
        let first = ["removed", "moved"].contains(how) ? "notFound" : "corrupted"
        #expect(codes == [first, "failed"])
    }

    @Test("one process has a ledger")
    func locked() throws {
        let store = try create()
        #expect(openingError() as? StorageError == StorageError(.inUse, ""))
        #expect(store.head.sequence == 0)
    }

    @Test("an end torn at any byte is recovered, charged as the policy's largest, and signed")
    func torn() throws {
        try make(charges: 1)
        let whole = try contents(of: path).count
        let noted = try contents(of: newestPath)
        do {
            var store = try open()
            _ = try store.charge(release, bytes: [7], isResend: true, at: 1)
        }
        let bytes = try contents(of: path)
        for count in stride(from: whole + 1, to: bytes.count, by: 13) {
            try folder.remove("ledger")
            try folder.write(Array(bytes.prefix(count)), to: "ledger")
            try folder.setMode(0o600, of: "ledger")
            try folder.write(noted, to: "newest")
            do {
                let store = try open()
                #expect(store.recoveredByteCount == count - whole)
                #expect(store.account.recoveredCount == 1)
            }
            let again = try open()
            #expect(again.recoveredByteCount == nil)
            #expect(again.account.counts == [release.event: 1, again.account.policy.largestRelease: 1])
        }
    }

    @Test("a changed byte is a refusal that names entry and file, in the newest entry too")
    func damaged() throws {
        try make(charges: 2)
        let bytes = try contents(of: path)
        for index in stride(from: 0, to: bytes.count, by: 37) {
            var changed = bytes
            changed[index] ^= 1
            try folder.write(changed, to: "ledger")
            try folder.setMode(0o600, of: "ledger")
            let error = openingError() as? LedgerError
            #expect(error?.entry != nil, "byte \(index)")
            #expect(error?.message.contains(path) == true)
            #expect(try contents(of: path) == changed)
        }
    }

    @Test("a ledger behind what was noted of it, and one of another data set, is refused")
    func behind() throws {
        try make(charges: 1)
        let old = try contents(of: path)
        let noted = try contents(of: newestPath)
        do {
            var store = try open()
            _ = try store.charge(release, bytes: [5], isResend: true, at: 1)
        }
        #expect(try contents(of: newestPath) != noted)
        #expect(openingError() == nil)
        try folder.write(old, to: "ledger")
        try folder.setMode(0o600, of: "ledger")
        #expect((openingError() as? LedgerError)?.code == .headMissing)
        // What was noted may be older than the ledger, as after the machine's end; without it nothing is compared.
        try folder.write(noted, to: "newest")
        #expect(openingError() == nil)
        try folder.remove("newest")
        #expect(openingError() == nil)
        var code: LedgerError.Code?
        do {
            _ = try LedgerStore(
                opening: path, newestPath: newestPath, dataset: LedgerHash(ofRelease: [2]), site: "north",
                key: key(), at: 2)
        } catch { code = (error as? LedgerError)?.code }
        #expect(code == .forbiddenEntry)
    }

    @Test("each changed byte, and each cut, of what was noted is a refusal that names the file")
    func damagedNote() throws {
        try make(charges: 1)
        let noted = try contents(of: newestPath)
        for index in noted.indices {
            var changed = noted
            changed[index] ^= 1
            try folder.write(changed, to: "newest")
            let error = openingError() as? StorageError
            #expect(error?.code == .corrupted && error?.message.contains(newestPath) == true, "byte \(index)")
        }
        for bytes in [Array(noted.dropLast()), noted + [0], [0]] {
            try folder.write(bytes, to: "newest")
            #expect((openingError() as? StorageError)?.code == .corrupted, "\(bytes.count) bytes")
        }
    }

    @Test("an opening writes the newest entry once more: its sync may have failed")
    func settles() throws {
        try make(charges: 2)
        let bytes = try contents(of: path)
        var old = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, path, &old, 0) == 0)
        _ = try open()
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mtim.tv_sec > 1)
        #expect(try contents(of: path) == bytes)
    }
}
