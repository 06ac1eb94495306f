/// A typed refusal of one message; the connection and the aggregator go on.
package struct Refusal: Sendable, Equatable {
    /// Why a message was refused.
    ///
    /// Raw values are what travels and never change their meaning.
    package enum Code: UInt32, Sendable, CaseIterable {
        /// The bytes are no message of this version.
        case malformed = 1
        /// The message, or what it unpacks to, is larger than its declared shape allows.
        case oversized = 2
        /// A message before the join.
        case notJoined = 3
        /// The aggregator runs another study.
        case unknownStudy = 4
        /// Both sides run a study of this name with different settings.
        case studyMismatch = 5
        /// The study has no such task.
        case unknownTask = 6
        /// The task's column belongs to another site's key.
        case foreignTask = 7
        /// The vector's length is not the study's dimension.
        case wrongDimension = 8
        /// NaN or infinity in a vector.
        case nonFinite = 9
        /// The Euclidean norm exceeds the study's bound.
        case normBound = 10
        /// The difference is relative to a reference that the aggregator does not hold.
        case unknownReference = 11
        /// The sequence number was used for other bytes, or is not the expected one.
        case sequence = 12
        /// The update was computed from a column that is not the task's newest read.
        case staleRead = 13
        /// More reads are outstanding on the connection than its bound.
        case tooManyReads = 14
        /// The study ended without a result for this task.
        case studyEnded = 15
        /// The aggregator cannot serve now; the connection closes.
        case unavailable = 16
        /// The study still runs: there is no final column to hold.
        case notFinished = 17
        /// The site's privacy ledger lacks a record that the aggregator signed as its newest: it was put back or
        /// forked.
        case ledgerBehind = 18
    }

    package var code: Code
    /// The task and sequence number that the refusal answers, where it answers one.
    package var task: TaskName?
    package var sequence: UInt64?
    /// For people: the thing, the value, the bound and the fix.
    ///
    /// Never a vector's numbers.
    package var message: String

    package init(_ code: Code, task: TaskName? = nil, sequence: UInt64? = nil, message: String) {
        self.code = code
        self.task = task
        self.sequence = sequence
        // Bounded on the wire; a long name must not turn a refusal into a fault of its own.
        let limit = FederationLimits.maximumRefusalByteCount
        self.message = message.utf8.count <= limit ? message : String(message.prefix(limit / 4))
    }
}
