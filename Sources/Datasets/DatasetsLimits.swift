/// The bounds on what is read.
package enum DatasetsLimits {
    /// Bytes read from a file at once.
    package static let chunkByteCount = 65_536
    /// Bytes of one CSV record, its line end included.
    package static let recordByteCount = 1_048_576
    /// Columns of one file.
    package static let columnCount = 65_536
    /// Tasks of one data set.
    package static let taskCount = 65_536
    /// Feature values of one data set (records times features): 2 GiB of numbers.
    package static let valueCount = 268_435_456
    /// The magnitude of a feature or target of a study: sums of fourth powers, as of a Gram matrix's squares, stay
    /// finite.
    package static let magnitude = 1e60
    /// Bytes of the header of a NumPy array; numpy itself refuses more than 10,000 by default.
    package static let arrayHeaderByteCount = 65_535
    /// Members of an `.npz` archive.
    package static let archiveMemberCount = 256
    /// Bytes of the central directory of an `.npz` archive.
    package static let archiveDirectoryByteCount = 262_144
    /// Deflate's largest ratio of inflated to deflated bytes; a member that declares more is lying.
    package static let inflationRatio = 1_032
    /// Characters of a value or name quoted in a message.
    package static let quotedCharacterCount = 40
    /// Names listed in a message.
    package static let listedNameCount = 20
}
