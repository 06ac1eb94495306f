/// Which names of studies, sites and tasks are allowed.
///
/// A study's and a site's name become folders of a run, a task's name part of file names and logs.
enum NameRule {
    case studyOrSite
    case task

    /// For error messages: what is allowed.
    var description: String {
        let limit = byteCountMaximum
        return switch self {
        case .studyOrSite:
            "1 to \(limit) letters a-z A-Z, digits, `-`, `_` and `.`, beginning with a letter or digit"
        case .task:
            "1 to \(limit) bytes of UTF-8 without control or formatting characters, but for `\(Self.reservedTask)`"
        }
    }

    private var byteCountMaximum: Int {
        switch self {
        case .studyOrSite: ConfigurationLimits.siteNameByteCount
        case .task: ConfigurationLimits.nameByteCount
        }
    }

    /// What a file of models calls its metadata: no column can have this name.
    private static let reservedTask = "__metadata__"

    /// Whether `name` may be used.
    func allows(_ name: String) -> Bool {
        guard (1...byteCountMaximum).contains(name.utf8.count) else { return false }
        switch self {
        case .studyOrSite:
            let isAlphanumeric = { (byte: UInt8) in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            }
            guard let first = name.utf8.first, isAlphanumeric(first) else { return false }
            return name.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
        case .task:
            return name != Self.reservedTask
                && name.unicodeScalars.allSatisfy {
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
                        $0.properties.generalCategory)
                }
        }
    }
}
