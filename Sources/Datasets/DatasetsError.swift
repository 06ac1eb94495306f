/// What was wrong with a data file, or with what was asked of it.
///
/// Messages name the file, the line and the column, and quote at most
/// ``DatasetsLimits/quotedCharacterCount`` characters of an offending value: they are for the owner of
/// the data and must not leave the site.
package struct DatasetsError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault; two errors are equal when their codes are.
    package enum Code: Sendable, Equatable {
        /// The file is absent, is no regular file, or reading it failed.
        case unreadable
        /// The file's name or first bytes are not those of a format this module reads.
        case unsupportedFormat
        /// The CSV text breaks the format: a stray quote, an unterminated quote, a lone carriage return.
        case malformedText
        /// A column that was asked for is not in the header.
        case missingColumn
        /// The header has a name twice, or an empty one, or an option names a column twice.
        case duplicateColumn
        /// A record has more or fewer fields than the header.
        case raggedRecord
        /// A field that must hold a number or a name is empty.
        case emptyField
        /// A field is not a decimal number.
        case notANumber
        /// A value is NaN or infinite.
        case nonFinite
        /// A target is no label of the loss.
        case invalidLabel
        /// There is no record (of a task).
        case noRecords
        /// A task that was asked for is not in the file.
        case unknownTask
        /// A bound of ``DatasetsLimits`` was passed.
        case tooLarge
        /// The file was changed by somebody while it was read.
        case changedWhileRead
        /// The ZIP archive of an `.npz` file is damaged or uses a feature that is not read.
        case malformedArchive
        /// The header or the length of a NumPy array is wrong.
        case malformedArray
        /// An array is missing, or its shape or element type is not the one needed.
        case unsuitableArray
        /// A parameter of a transformation or a generator is out of its range.
        case invalidParameter
    }

    /// The kind of fault.
    package let code: Code
    /// What was wrong, where, and what is allowed.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }

    /// Returns whether both errors are of one kind.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
