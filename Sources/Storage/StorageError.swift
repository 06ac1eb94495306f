/// A refusal or failure of the disk's side; two errors are equal when their codes are.
package struct StorageError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable {
        /// The operating system refused an operation.
        case systemCall
        /// There is a file already where a new one should be made.
        case alreadyExists
        /// There is no such file or folder.
        case notFound
        /// A secret file that others than its owner may read or write.
        case insecurePermissions
        /// A file of another size or form than it should have.
        case malformed
        /// The disk, the quota or the process's largest file is full.
        case noSpace
        /// Another process uses it.
        case inUse
        /// It belongs to another study, site or purpose.
        case foreign
        /// Bytes that are not those that were written.
        case corrupted
        /// A write or sync failed before; nothing is added any more.
        case failed
        /// More files or bytes than the named bound.
        case tooLarge
    }

    /// What went wrong, for programs.
    package let code: Code
    /// What went wrong, for people: the path, the value, the bound and what to do; never key bytes.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }

    /// Whether two errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
