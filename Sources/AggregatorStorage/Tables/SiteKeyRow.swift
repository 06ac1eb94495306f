internal import Federation

/// Whether a site that has a key, or had one, has it now.
enum SiteKeyRow {
    static func row(_ site: SiteName, isPresent: Bool) -> EncodedRow {
        var row = SQLValues()
        row.append(site.rawValue)
        row.append(isPresent)
        return EncodedRow(.siteKey, row)
    }

    static func key(_ row: StoredRow) throws -> (site: SiteName, isPresent: Bool) {
        var row = row
        return (SiteName(try row.text()), try row.boolean())
    }
}
