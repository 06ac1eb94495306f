internal import Configuration
internal import LocalFederation
internal import Reporting
internal import Synchronization

/// Tells people, while a run is going on, where to look.
final class RunAnnouncement: Sendable {
    private let folder: RunFolder
    private let output: TextOutput
    private let hasAnnouncedStatus = Mutex(false)

    init(folder: RunFolder, output: TextOutput) {
        self.folder = folder
        self.output = output
    }

    /// Says where the report will be.
    func announceReport() {
        output.write("report  \(RunReport.path(in: folder)) (written at the end)\n")
    }

    /// Says where the status page is, once the aggregator has written that down; returns whether it was said.
    func announceStatus() -> Bool {
        hasAnnouncedStatus.withLock { isDone in
            if isDone { return true }
            guard
                let bytes = try? FileContents.read(
                    path: folder.operatorAddress, limit: Self.addressByteCount),
                let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first,
                let address = Endpoint(String(line))
            else { return false }
            output.write("status  http://\(address)/ (while it runs)\n")
            isDone = true
            return true
        }
    }

    /// Bytes of the file with the address.
    private static let addressByteCount = 1_024
}
