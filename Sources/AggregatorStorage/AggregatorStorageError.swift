/// A state that cannot be opened, read or written; two errors are equal when their codes are.
package struct AggregatorStorageError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable {
        /// The folder or file cannot be made or opened.
        case unavailable
        /// Another process has the state open, and may end.
        case locked
        /// The state is another study's, or of other settings.
        case otherStudy
        /// The file is of a newer version, or no state of an aggregator.
        case unsupported
        /// What was read is not what was written.
        case corrupted
        /// A write or a sync failed, now or earlier; nothing more is written.
        case failed
    }

    /// What went wrong, for programs.
    package let code: Code
    /// What went wrong, for people: the table, the row, and what to do.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
