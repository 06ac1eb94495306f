/// What is protected: whose contribution is clipped to C.
package enum PrivacyUnit: String, Sendable, CaseIterable {
    /// One record.
    case record
    /// All records of one identifier: their gradients are summed, then clipped.
    case person
    /// All records of the site: its whole update is clipped.
    case site

    /// What it is, in words.
    package var name: String {
        switch self {
        case .record: "one record at the site"
        case .person: "one person, with all their records at the site"
        case .site: "the whole site"
        }
    }
}

/// Which records make a unit.
package struct UnitGrouping: Sendable {
    /// What a unit is.
    package let unit: PrivacyUnit
    /// Records of each unit; nil where record i is unit i.
    let members: [[Int]]?

    /// Every record is a unit.
    package static var records: Self { Self(unit: .record, members: nil) }

    /// All records together are one unit.
    ///
    /// - Parameter recordCount: Their number.
    package static func site(recordCount: Int) -> Self {
        Self(unit: .site, members: [Array(0..<recordCount)])
    }

    /// The records of one identifier are a unit.
    ///
    /// - Parameter identifiers: One for each record.
    package static func persons<Identifier: Hashable>(_ identifiers: [Identifier]) -> Self {
        var places: [Identifier: Int] = [:]
        var members: [[Int]] = []
        for (record, identifier) in identifiers.enumerated() {
            if let place = places[identifier] {
                members[place].append(record)
            } else {
                places[identifier] = members.count
                members.append([record])
            }
        }
        return Self(unit: .person, members: members)
    }
}
