/// What is wrong with a recorded release.
package struct RecordingFault: Sendable, Equatable {
    /// What kind of thing it is.
    package enum Kind: Sendable, CaseIterable {
        /// Other bytes left than the recorded parts give, or bytes that the ledger does not charge.
        case otherRelease
        /// The ledger charges it with other parameters than it was made with.
        case otherParameters
        /// Units are not clipped one by one, or are not those of the sample.
        case unclipped
    }

    /// What kind of thing it is.
    package let kind: Kind
    /// What it is, in words.
    package let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
