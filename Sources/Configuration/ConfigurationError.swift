/// A refused configuration: what is wrong where, the value, what is allowed, and the fix.
///
/// Two errors are equal when their codes are.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// Why a configuration was refused.
    package enum Code: String, Sendable, CaseIterable {
        /// The file is absent, is no regular text file, or is too large.
        case unreadableFile
        /// The text is no YAML, or needs more nesting or nodes than the bounds allow.
        case malformedYAML
        /// A `--set` argument is no `key=value`.
        case malformedOverride
        /// A key stands twice in one mapping.
        case duplicateKey
        /// No such key here.
        case unknownKey
        /// A key that must be there is not.
        case missingKey
        /// A list where a number belongs, text where a mapping belongs, and so on.
        case wrongType
        /// A duration without its unit, or with one that is none.
        case wrongUnit
        /// A number, count or name outside its bounds.
        case outOfRange
        /// A word that is none of the allowed ones.
        case unknownValue
        /// Settings that are fine alone and make no sense together.
        case impossibleCombination
        /// A data file that is not there.
        case absentData
        /// A study without the tasks, owners or dimension that a federation needs.
        case notDeployable
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message; it begins with the file and, where known, the line.
    package var description: String { message }

    package static func == (left: ConfigurationError, right: ConfigurationError) -> Bool {
        left.code == right.code
    }
}
