/// Where a setting was written: in a file, or in a `--set` argument.
enum SettingOrigin: Sendable, Equatable, CustomStringConvertible {
    /// A file, and the line counted from 1 where it is known.
    case file(String, line: Int?)
    /// The dotted key of the argument; never its value, which might be a secret in the wrong place.
    case override(key: String)
    /// Built by the program, not read from text.
    case program(String)

    /// The form that error messages begin with, such as `study.yaml:12` or `--set lambda`.
    var description: String {
        switch self {
        case .file(let path, let line?): "\(path):\(line)"
        case .file(let path, nil): path
        case .override(let key): "--set \(key.prefix(ConfigurationLimits.quotedCharacterCount))"
        case .program(let what): what
        }
    }
}
