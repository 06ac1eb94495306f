internal import ReleaseEncoding

extension Reference {
    /// Returns `vector` as a difference to this reference, or in full where the difference is beyond the encoding.
    ///
    /// - Throws: ``ReleaseEncodingError`` where the vector is not finite.
    func release(
        of vector: [Double], encoding: VectorEncoding
    ) throws -> (release: [UInt8], next: Reference) {
        do {
            return try ReleaseCodec.encode(vector, relativeTo: self, encoding: encoding)
        } catch let error as ReleaseEncodingError where error.code == .outOfRange {
            return try ReleaseCodec.encodeFull(vector)
        }
    }
}
