/// Equal releases that are to be made.
package struct PlannedReleases: Sendable, Equatable {
    /// One of them.
    package let event: PrivacyEvent
    /// How many.
    package let count: Int

    package init(_ event: PrivacyEvent, count: Int) {
        self.event = event
        self.count = count
    }
}

extension PrivacyEvent {
    /// Several kinds of releases, together.
    package static func planned(_ releases: [PlannedReleases]) -> Self {
        .composed(releases.map { .selfComposed($0.event, count: $0.count) })
    }
}
