/// An error of the accounting of privacy; two are equal when their codes are.
package struct AccountingError: Error, Equatable, CustomStringConvertible {
    /// What kind of thing went wrong.
    package struct Code: Hashable, Sendable {
        private enum Value { case invalidParameter, unsupportedEvent, unreachableTarget, tooManyReleases }
        private let value: Value

        /// A parameter is outside its range.
        package static let invalidParameter = Code(value: .invalidParameter)
        /// An accountant has no analysis of an event under its neighbouring relation.
        package static let unsupportedEvent = Code(value: .unsupportedEvent)
        /// No parameter within its bounds reaches what is asked for.
        package static let unreachableTarget = Code(value: .unreachableTarget)
        /// More releases, or an event nested deeper, than is counted.
        package static let tooManyReleases = Code(value: .tooManyReleases)
    }

    /// What kind of thing went wrong.
    package let code: Code
    /// What was wrong, in words.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }

    /// Returns whether both errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

/// The bounds of this module.
package enum AccountingLimits {
    /// The largest number of releases that are counted: every such number is a double.
    package static let releaseCount = 1 << 53
    /// How deep an event may be nested.
    package static let eventDepth = 64
    /// The smallest and the largest noise multiplier; at the smallest, one release has an epsilon of 5,000.
    package static let noiseMultipliers = 1e-2...1e9
    /// The smallest sampling rate above zero.
    package static let minimumSamplingRate = 1e-12

    /// Checks the delta of a claim.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` unless it is above 0 and below 1.
    static func require(delta: Double) throws(AccountingError) {
        guard delta > 0, delta < 1 else {
            throw AccountingError(.invalidParameter, "delta must be above 0 and below 1, got \(delta)")
        }
    }

    /// Checks the epsilon of a claim.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` unless it is a finite number, 0 or above.
    static func require(epsilon: Double) throws(AccountingError) {
        guard epsilon >= 0, epsilon.isFinite else {
            throw AccountingError(
                .invalidParameter, "epsilon must be a finite number of at least 0, got \(epsilon)")
        }
    }
}
