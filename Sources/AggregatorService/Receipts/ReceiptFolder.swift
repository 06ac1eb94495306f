internal import Federation
internal import FoundationEssentials
internal import PrivacyLedger
internal import Storage

/// The folder of an aggregator's books of receipts.
///
/// `SITE.receipts` is the book of the run that goes on; one of an earlier run, with another state, is kept beside it as
/// `SITE@RUN.receipts`, RUN being 16 hexadecimal digits that follow from the run's name.
struct ReceiptFolder {
    private static let suffix = ".receipts"

    private let path: String
    private let run: String

    init(_ path: String, run: String) {
        self.path = path
        self.run = run
    }

    func book(of site: SiteName) -> String { "\(path)/\(site)\(Self.suffix)" }

    /// Puts the run's books where ``book(of:)`` says, and returns what all books of the folder hold.
    ///
    /// - Throws: `StorageError`; `LedgerError` where a book does not verify.
    func prepare(publicKey: [UInt8]) throws -> [ReceiptContent] {
        var contents: [ReceiptContent] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        where !name.hasPrefix(".") && name.hasSuffix(Self.suffix) {
            contents.append(try ReceiptContent(path: "\(path)/\(name)", publicKey: publicKey))
        }
        for content in contents {
            guard let site = content.site, let run = content.run, run != self.run,
                try isBegun(book(of: SiteName(site)), publicKey: publicKey, in: run)
            else { continue }
            try move(book(of: SiteName(site)), to: archive(of: site, run: run))
        }
        for content in contents {
            guard let site = content.site, content.run == run, !exists(book(of: SiteName(site)))
            else { continue }
            try move(archive(of: site, run: run), to: book(of: SiteName(site)))
        }
        return contents
    }

    private func archive(of site: String, run: String) -> String {
        "\(path)/\(site)@\(LedgerHash(ofRelease: Array(run.utf8)).short)\(Self.suffix)"
    }

    /// Whether the book at a path is there, and of a run.
    private func isBegun(_ path: String, publicKey: [UInt8], in run: String) throws -> Bool {
        guard exists(path) else { return false }
        return try ReceiptContent(path: path, publicKey: publicKey).run == run
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func move(_ path: String, to target: String) throws {
        guard !exists(target) else {
            throw StorageError(
                .alreadyExists,
                "\(path) and \(target) are receipts of one run; move the shorter one out of the folder")
        }
        try FileManager.default.moveItem(atPath: path, toPath: target)
    }
}
