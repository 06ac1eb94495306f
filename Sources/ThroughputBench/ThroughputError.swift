/// Why a measurement gave no figures.
package struct ThroughputError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The federation did not come to apply updates, or stopped to.
        case stalled
        /// What a process or the system reports cannot be read.
        case unreadable
        /// The disk does not take what is written to measure it.
        case unwritable
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package static func == (left: ThroughputError, right: ThroughputError) -> Bool { left.code == right.code }
}
