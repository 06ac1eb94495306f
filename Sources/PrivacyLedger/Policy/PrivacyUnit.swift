/// Whose presence a claim hides.
package enum PrivacyUnit: Sendable, Hashable {
    /// One record at one site.
    case record
    /// One person with at most so many records at the site: the sum of a person's vectors is clipped.
    case person(maximumRecordCount: UInt32)
    /// The whole site: its whole update is clipped.
    case site

    /// What it is, in words.
    package var name: String {
        switch self {
        case .record: "one record at the site"
        case .person(let count): "one person with at most \(count) records at the site"
        case .site: "the whole site"
        }
    }
}
