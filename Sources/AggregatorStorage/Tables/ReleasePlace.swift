internal import GRDB

/// A row of `release_place`: where a release stands that is not in the database.
///
/// It needs no checksum: what stands in a wrong place does not have the hash that the log has, and a start looks at the
/// order of all.
struct ReleasePlace: Sendable, Equatable {
    /// The segment's number.
    var segment: Int
    /// The byte of the segment at which the release begins.
    var offset: Int

    /// A row with its key.
    struct Stored {
        var version: UInt64
        var place: ReleasePlace
        /// Where the release ends, if the log has its row.
        var end: Int?
    }

    /// Writes the place of an update's release.
    func insert(for version: UInt64, in database: Database) throws {
        var values = SQLValues()
        values.append(version)
        values.append(segment)
        values.append(offset)
        try database.run("INSERT INTO release_place (version, segment, position) VALUES (?, ?, ?)", values)
    }

    /// The place of an update's release; nil where it is in the database, or nowhere.
    static func of(_ version: UInt64, in database: Database) throws -> ReleasePlace? {
        // A start asks for thousands.
        let statement = try database.cachedStatement(
            sql: "SELECT segment, position FROM release_place WHERE version = ?")
        return try Row.fetchOne(statement, arguments: [Int64(clamping: version)]).map {
            try checked(ReleasePlace(segment: $0[0], offset: $0[1]), version: version)
        }
    }

    /// The oldest row.
    static func first(in database: Database) throws -> Stored? {
        try stored(in: database, "ORDER BY version LIMIT 1")
    }

    /// The newest row.
    static func last(in database: Database) throws -> Stored? {
        try stored(in: database, "ORDER BY version DESC LIMIT 1")
    }

    /// The first row that does not stand behind the row before it; nil where all do.
    static func firstOutOfOrder(in database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT version FROM (
                    SELECT version, segment, position, lag(segment) OVER ordered AS before,
                        lag(position) OVER ordered AS position_before
                    FROM release_place WINDOW ordered AS (ORDER BY version))
                WHERE (segment, position) <= (before, position_before) LIMIT 1
                """)
    }

    private static func stored(in database: Database, _ condition: String) throws -> Stored? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT version, segment, position,
                    (SELECT release_bytes FROM accepted WHERE accepted.version = release_place.version)
                FROM release_place \(condition)
                """)
        guard let row else { return nil }
        let version = UInt64(clamping: row[0] as Int64)
        let place = ReleasePlace(segment: row[1], offset: row[2])
        let byteCount: Int? = row[3]
        return Stored(
            version: version, place: try checked(place, version: version),
            end: byteCount.map { place.offset + max($0, 0) })
    }

    private static func checked(_ place: ReleasePlace, version: UInt64) throws -> ReleasePlace {
        guard place.segment > 0, (0..<1 << 48).contains(place.offset) else {
            throw StoredRow.corruption(
                "release_place", row: "\(version)", "it names segment \(place.segment), byte \(place.offset)")
        }
        return place
    }
}
