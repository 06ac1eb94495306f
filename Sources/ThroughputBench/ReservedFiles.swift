internal import Glibc

/// New files of one size, each reserved at once and filled from front to end, as a store fills its segments.
final class ReservedFiles {
    private let path: String
    private let byteCount: Int
    private var descriptor: CInt = -1
    private var end = 0
    /// The number of the file that is filled, from 1 on.
    private(set) var number = 0

    /// - Parameters:
    ///   - path: Of the files, without their numbers.
    ///   - byteCount: Of each file.
    init(_ path: String, byteCount: Int) {
        self.path = path
        self.byteCount = byteCount
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes bytes behind those before, in a next file where they have no room.
    ///
    /// - Returns: The byte of the file at which they begin.
    /// - Throws: ``ThroughputError`` `unwritable`; also where there is such a file already.
    func append(_ bytes: [UInt8]) throws(ThroughputError) -> Int {
        if descriptor < 0 || (end + bytes.count > byteCount && end > 0) { try begin() }
        guard pwrite(descriptor, bytes, bytes.count, off_t(end)) == bytes.count else {
            throw ThroughputError.unwritable(name(number))
        }
        defer { end += bytes.count }
        return end
    }

    /// Waits until what was written to the file is on the disk.
    func synchronize() throws(ThroughputError) {
        guard fdatasync(descriptor) == 0 else { throw ThroughputError.unwritable(name(number)) }
    }

    /// Removes a file that is full.
    func remove(_ number: Int) throws(ThroughputError) {
        guard unlink(name(number)) == 0 else { throw ThroughputError.unwritable(name(number)) }
    }

    private func begin() throws(ThroughputError) {
        let next = name(number + 1)
        let opened = open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw ThroughputError.unwritable(next) }
        if descriptor >= 0 { close(descriptor) }
        descriptor = opened
        number += 1
        end = 0
        // It returns its error.
        let code = posix_fallocate(descriptor, 0, off_t(byteCount))
        guard code == 0 else {
            errno = code
            throw ThroughputError.unwritable(next)
        }
    }

    private func name(_ number: Int) -> String { "\(path)\(number)" }
}
