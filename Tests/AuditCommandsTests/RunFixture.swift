internal import ArgumentParser
internal import AuditCommands
internal import CommandLineTools
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import Reporting
internal import SecureChannel
internal import Sodium
internal import Synchronization
internal import TestSupport

/// A run's folder with one site, honest until a test changes it.
final class RunFixture {
    static let time: Int64 = 1_764_403_200_000
    static let dataset = LedgerHash(ofRelease: [1])
    static let site = "north"

    let folder: TemporaryFolder
    /// Where each record of the ledger begins.
    private(set) var starts: [Int] = []
    private(set) var ledger: [UInt8] = []
    private(set) var receipts: [UInt8] = []
    private var receiptStarts: [Int] = []

    static func identity(_ number: UInt8) throws -> Identity {
        try Identity(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    static func release(_ source: NoiseSource = .system, run: String = "run-1") -> PrivateRelease {
        PrivateRelease(
            run: run, task: "school-1", modelVersion: 3, mechanism: .gaussian, noiseMultiplier: 20,
            noiseStandardDeviation: 30, clippingNorm: 1.25, normBound: 1.5, sampling: .all,
            declaredRecordCount: 100, relation: .replaceOne, unit: .record, dimension: 28,
            noiseSource: source,
            dataset: dataset, configuration: dataset)
    }

    static func policy(epsilon: Double = 4) throws -> PrivacyPolicy {
        try PrivacyPolicy(
            epsilon: epsilon, delta: 1e-5, relation: .replaceOne, unit: .record, mechanism: .gaussian,
            sampling: .all, smallestNoiseMultiplier: 10, allowsSeededNoise: true)
    }

    /// Makes a run of so many releases, each received; a head is signed after the last but one.
    ///
    /// - Parameters:
    ///   - headKey: The identity that signed the head which the ledger keeps; the aggregator is 2.
    ///   - lastEpsilon: The ceiling that the policy is changed to in the end.
    init(
        epsilon: Double = 4, dataset: LedgerHash = dataset, releases: UInt8 = 3, seeded: Bool = false,
        run: String = "run-1", withoutReceipt: Set<UInt8> = [],
        uncharged: [UInt8] = [], tornByteCount: Int = 0, headKey: UInt8 = 2, lastEpsilon: Double? = nil
    ) throws {
        folder = try TemporaryFolder()
        let site = try Self.identity(1)
        let hub = try Self.identity(2)
        var ledger: [UInt8] = []
        var starts: [Int] = []
        var receipts: [UInt8] = []
        func append(_ bytes: [UInt8]) {
            starts.append(ledger.count)
            ledger += bytes
        }
        var receiptStarts: [Int] = []
        func receive(_ bytes: [UInt8]) {
            receiptStarts.append(receipts.count)
            receipts += bytes
        }
        var book = try ReceiptBook(
            site: Self.site, run: "run-1", aggregator: "hub", key: hub.signingKey, at: Self.time,
            append: receive)
        var account = try PrivacyLedger(
            opening: dataset, site: Self.site, policy: Self.policy(epsilon: epsilon), key: site.signingKey,
            at: Self.time,
            append: append)
        for number in 0..<releases {
            let time = Self.time + 60_000 * Int64(number)
            let outcome = try account.charge(
                Self.release(seeded ? .seeded : .system, run: run), bytes: [number], isResend: true, at: time,
                append: append)
            guard case .charged(let release) = outcome else { continue }
            if !withoutReceipt.contains(number) {
                try book.add(
                    [Receipt(release: release.hash, outcome: .accepted)], at: time, append: receive)
            }
            if number + 2 == releases {
                let signer = try Self.identity(headKey)
                let kept = try CountersignedHead(account.head, aggregator: "hub", key: signer.signingKey)
                _ = try book.countersign(account.head, at: time, append: receive)
                try account.acknowledge(
                    kept, by: signer.signingKey.publicKey, at: time, append: append)
            }
        }
        if tornByteCount > 0 {
            let torn = [UInt8](repeating: 7, count: tornByteCount)
            try account.recover(tail: torn, offset: ledger.count, at: Self.time, replace: append)
        }
        for number in uncharged {
            let hash = LedgerHash(ofRelease: [number])
            try book.add([Receipt(release: hash, outcome: .refused)], at: Self.time, append: receive)
        }
        if let lastEpsilon {
            try account.change(to: Self.policy(epsilon: lastEpsilon), at: Self.time, append: append)
        }
        (self.ledger, self.starts) = (ledger, starts)
        (self.receipts, self.receiptStarts) = (receipts, receiptStarts)
        try folder.write(ledger, to: "sites/\(Self.site)/ledger")
        try folder.write("site: north\n", to: "sites/\(Self.site)/config.yaml")
        try folder.write(receipts, to: "receipts/\(Self.site)")
        try folder.write(hub.publicIdentity(name: "hub").line + "\n", to: "keys/aggregator.pub")
        try folder.write(
            site.publicIdentity(name: Self.site).line + "\n", to: "keys/authorized_sites/\(Self.site).pub")
    }

    /// The bytes of each record.
    var records: [[UInt8]] {
        zip(starts, starts.dropFirst() + [ledger.count]).map { Array(ledger[$0..<$1]) }
    }

    /// The bytes of the first `count` records of the receipts.
    func receipts(first count: Int) -> [UInt8] { Array(receipts[..<receiptStarts[count]]) }

    /// Puts other bytes in the ledger's place.
    func replaceLedger(_ bytes: [UInt8]) throws { try folder.write(bytes, to: "sites/\(Self.site)/ledger") }

    func audit() throws -> Audit { try Audit(folder: folder.path) }

    /// Runs `verify` or `statement` and returns what it wrote and its exit status.
    static func run(_ body: (CommandStreams) throws -> Void) -> (text: String, status: Int32) {
        let written = Mutex("")
        let streams = CommandStreams(
            results: ResultOutput { text in written.withLock { $0 += text } }, messages: TextOutput { _ in })
        do {
            try body(streams)
            return (written.withLock { $0 }, 0)
        } catch {
            return (written.withLock { $0 }, (error as? ExitCode)?.rawValue ?? 1)
        }
    }
}
