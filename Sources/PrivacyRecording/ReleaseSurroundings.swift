package import ReleaseEncoding

/// What went around a noisy sum, on its way to release bytes.
package struct ReleaseSurroundings: Sendable {
    /// The version of the model that was read, as the ledger has it.
    package let modelVersion: UInt64
    /// The column p that the step is from, d numbers.
    package let column: [Double]
    /// How the elements were written.
    package let encoding: VectorEncoding
    /// What the release is relative to: the last decoded value.
    package let reference: Reference
    /// The release bytes, exactly as they were charged and sent.
    package let releaseBytes: [UInt8]

    package init(
        modelVersion: UInt64, column: [Double], encoding: VectorEncoding, reference: Reference,
        releaseBytes: [UInt8]
    ) {
        self.modelVersion = modelVersion
        self.column = column
        self.encoding = encoding
        self.reference = reference
        self.releaseBytes = releaseBytes
    }
}
