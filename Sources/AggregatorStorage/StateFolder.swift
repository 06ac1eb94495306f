internal import Glibc

/// The folder of one aggregator's state, held by one process at a time.
///
/// The lock is the operating system's, on a file of its own beside the database: it ends with the process, however
/// that ends, and SQLite's own locks on the database are not touched.
@safe
final class StateFolder: Sendable {
    static let databaseName = "aggregator.sqlite"
    static let lockName = "aggregator.lock"

    let database: String
    private let lock: CInt

    /// Makes the folder if need be, for its owner only, and takes its lock.
    ///
    /// - Throws: ``AggregatorStorageError``: `unavailable`, or `locked` where another aggregator holds it.
    init(path: String) throws {
        try Self.makeFolder(path)
        database = path + "/" + Self.databaseName
        let lockPath = path + "/" + Self.lockName
        lock = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Self.failure("cannot open \(lockPath)") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            guard code == EWOULDBLOCK else { throw Self.failure("cannot lock \(lockPath)", code: code) }
            throw AggregatorStorageError(
                .locked,
                "another aggregator has the state in \(path) open; end it first, or give this one a state folder "
                    + "of its own")
        }
        // SQLite makes its other files with the mode of this one.
        let file = unsafe open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code = errno
            close(lock)
            throw Self.failure("cannot open \(database)", code: code)
        }
        close(file)
    }

    deinit {
        close(lock)
    }

    /// Gives the lock up before the object's end.
    func unlock() {
        flock(lock, LOCK_UN)
    }

    private static func makeFolder(_ path: String) throws {
        var prefix = path.hasPrefix("/") ? "/" : ""
        let components = path.split(separator: "/")
        for (index, component) in components.enumerated() {
            prefix += component
            let mode: mode_t = index == components.count - 1 ? 0o700 : 0o755
            if unsafe mkdir(prefix, mode) != 0, errno != EEXIST {
                throw failure("cannot create the folder \(prefix)")
            }
            prefix += "/"
        }
    }

    private static func failure(_ what: String, code: CInt = errno) -> AggregatorStorageError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return AggregatorStorageError(.unavailable, "\(what): \(reason)")
    }
}
