/// Why a command did not do what it was asked; two errors are equal when their codes are.
package struct CommandError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable, CaseIterable {
        /// A file or text that the command was given cannot be used.
        case unusableInput
        /// A study that `atoll run` or a site would refuse.
        case refusedStudy
        /// A test vector that this build does not reproduce, or a file without vectors.
        case failedVectors
        /// The result is printed, and its duality gap is above the one asked for.
        case gapNotReached
        /// No federation of a sweep has a result.
        case failedSweep
        /// The result is printed, and a federation of the sweep has none.
        case incompleteSweep

        /// The exit status of the process.
        package var exitStatus: Int32 {
            switch self {
            case .unusableInput, .refusedStudy, .failedVectors, .failedSweep: CommandError.generalExitStatus
            case .gapNotReached, .incompleteSweep: 3
            }
        }
    }

    /// The exit status of every failure that has none of its own.
    ///
    /// Wrong arguments end with 64 (`EX_USAGE`), as ArgumentParser has it.
    package static let generalExitStatus: Int32 = 1

    /// What went wrong, for programs.
    package let code: Code
    /// What went wrong, for people: what it was, the value, and what to do.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }

    /// Whether two errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
