internal import FoundationEssentials
internal import SeededRandom
internal import Synchronization

/// A folder whose database files fail when a test says so, and lose what was not synced.
///
/// Beside each file it keeps what a disk would hold after a loss of power: the file as of its last good sync. What was
/// written before a sync that failed is never made good by a later one, as with Linux's page cache, which takes such
/// pages for clean. Nothing is synced in truth.
package final class FaultyFolder: Sendable {
    /// What SQLite asks of a file.
    package enum Operation: Sendable, CaseIterable {
        case write
        case sync
        case truncate
    }

    /// How an operation fails.
    package enum Outcome: Sendable {
        /// Nothing of it is done.
        case error
        /// Half of the bytes are written.
        case shortWrite
        case diskFull
    }

    /// Which operation fails, and how.
    package struct Fault: Sendable {
        package var operation: Operation
        /// The operations of this kind are counted from 1, over all files.
        package var number: Int
        /// Whether all later ones fail as well.
        package var isLasting: Bool
        package var outcome: Outcome

        package init(_ operation: Operation, number: Int, isLasting: Bool, outcome: Outcome = .error) {
            self.operation = operation
            self.number = number
            self.isLasting = isLasting
            self.outcome = outcome
        }
    }

    /// What a loss of power leaves of writes that were not synced.
    package enum Loss: Sendable {
        /// Nothing.
        case whole
        /// Each one or not, in no order.
        case partial(seed: UInt64)
    }

    package let path: String
    private let state: Mutex<State>

    /// Makes the folder if need be, and keeps watch over databases that are opened in it from now on.
    package init(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        self.path = path
        state = Mutex(State())
        FaultyFileSystem.watch(self)
    }

    /// Ends the watch; databases that are open stay watched.
    package func unwatch() { FaultyFileSystem.unwatch(self) }

    /// Sets what fails; nil for nothing any more.
    package func set(_ fault: Fault?) { state.withLock { $0.fault = fault } }

    /// How many operations of this kind there were.
    package func count(of operation: Operation) -> Int {
        state.withLock { $0.counts[operation, default: 0] }
    }

    /// Whether an operation has failed.
    package var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// Writes what a disk holds after a loss of power into a folder of its own; returns that.
    @discardableResult
    package func writeImage(losing loss: Loss, to target: String) throws -> String {
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        let images = state.withLock { $0.files.mapValues { $0.image(losing: loss) } }
        for (name, bytes) in images {
            try Data(bytes).write(to: URL(filePath: target + "/" + name))
        }
        return target
    }
}

extension FaultyFolder {
    private struct State {
        var fault: Fault?
        var hasFailed = false
        var counts: [Operation: Int] = [:]
        var files: [String: FileImage] = [:]
    }

    func opened(_ name: String) {
        let path = path + "/" + name
        state.withLock { state in
            guard state.files[name] == nil else { return }
            // Nobody has it open yet: closing another descriptor of it would end SQLite's locks.
            let bytes = (try? Data(contentsOf: URL(filePath: path))).map { [UInt8]($0) }
            state.files[name] = FileImage(synced: bytes ?? [])
        }
    }

    func deleted(_ name: String) { state.withLock { $0.files[name] = nil } }

    /// Counts an operation; returns how it fails, where it does.
    func begin(_ operation: Operation) -> Outcome? {
        state.withLock { state in
            let number = state.counts[operation, default: 0] + 1
            state.counts[operation] = number
            guard let fault = state.fault, fault.operation == operation,
                number == fault.number || (fault.isLasting && number > fault.number)
            else { return nil }
            state.hasFailed = true
            return fault.outcome
        }
    }

    func changed(_ name: String, _ change: FileImage.Change) {
        state.withLock { $0.files[name, default: FileImage(synced: [])].unsynced.append(change) }
    }

    func synced(_ name: String, isGood: Bool) {
        state.withLock { $0.files[name]?.sync(isGood: isGood) }
    }
}

/// A file as it is on a disk, and what has been written to it since.
struct FileImage {
    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(byteCount: Int)
    }

    private(set) var synced: [UInt8]
    var unsynced: [Change] = []
    /// Written before the last sync, which failed.
    private var lost: [Change] = []

    init(synced: [UInt8]) {
        self.synced = synced
    }

    mutating func sync(isGood: Bool) {
        if isGood {
            for change in unsynced { Self.apply(change, to: &synced) }
            lost.removeAll()
        } else {
            lost += unsynced
        }
        unsynced.removeAll()
    }

    func image(losing loss: FaultyFolder.Loss) -> [UInt8] {
        guard case .partial(let seed) = loss else { return synced }
        var random = SeededGenerator(seed: seed)
        var image = synced
        for change in lost + unsynced where random.integer(below: 2) == 0 { Self.apply(change, to: &image) }
        return image
    }

    private static func apply(_ change: Change, to image: inout [UInt8]) {
        switch change {
        case .write(let offset, let bytes):
            let end = offset + bytes.count
            if image.count < end { image += [UInt8](repeating: 0, count: end - image.count) }
            image.replaceSubrange(offset..<end, with: bytes)
        case .truncate(let byteCount):
            if image.count > byteCount { image.removeLast(image.count - byteCount) }
        }
    }
}
