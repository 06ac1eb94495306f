/// Numbers of a site's releases: of those that were accepted, and of those that were refused.
package struct ReceiptCounts: Sendable, Equatable {
    package var accepted: UInt64
    package var refused: UInt64

    package init(accepted: UInt64 = 0, refused: UInt64 = 0) {
        self.accepted = accepted
        self.refused = refused
    }
}

/// A place in the log of accepted updates and in the receipts of refused releases.
package struct ReceiptPlace: Sendable, Equatable {
    /// The version of the last accepted update before it; 0 for the beginning.
    package var version: UInt64
    /// The number of the last refused release before it; 0 for the beginning.
    package var refusal: UInt64

    package init(version: UInt64 = 0, refusal: UInt64 = 0) {
        self.version = version
        self.refusal = refusal
    }
}
