/// Turns a vector into release bytes and back: quantised, relative to a reference, packed where that pays.
///
/// Release bytes are what is stored, hashed and resent. They describe themselves (``ReleaseHeader``), so that
/// an auditor reads them without the wire's message format.
package enum ReleaseCodec {
    /// Returns the quantised, packed difference of `x` to the reference, and what the other end will hold.
    ///
    /// The next reference is h + Q(x - h), not `x`: the next difference contains what quantisation lost.
    ///
    /// - Parameter x: The vector, shape [dimension], finite.
    /// - Parameter reference: What both ends hold; of the same dimension.
    /// - Throws: ``ReleaseEncodingError``: `wrongDimension`, `oversized` (the dimension), `nonFinite`, or
    ///   `outOfRange` when a difference is beyond the encoding; a full value then helps.
    /// - Complexity: O(dimension).
    package static func encode(
        _ x: [Double], relativeTo reference: Reference, encoding: VectorEncoding
    ) throws -> (release: [UInt8], next: Reference) {
        let dimension = reference.value.count
        guard (1...ReleaseEncodingLimits.maximumDimension).contains(dimension) else {
            throw ReleaseEncodingError(
                .oversized,
                "\(dimension) elements; the bounds are 1 and \(ReleaseEncodingLimits.maximumDimension)")
        }
        guard x.count == dimension else {
            throw ReleaseEncodingError(
                .wrongDimension, "a vector of \(x.count) elements for a reference of \(dimension)")
        }
        var bitPatterns: [UInt64] = []
        var difference: [Double] = []
        bitPatterns.reserveCapacity(dimension)
        difference.reserveCapacity(dimension)
        for index in 0..<dimension {
            let bitPattern = try bitPattern(
                ofElement: index, x[index], minus: reference.value[index], encoding: encoding)
            bitPatterns.append(bitPattern)
            difference.append(encoding.value(ofBitPattern: bitPattern))
        }
        let next = try reference.advanced(by: difference)
        let planes = BytePlanes(bitPatterns: bitPatterns, elementByteCount: encoding.elementByteCount)
        let (payload, packedPlanes) = try planes.encoded()
        let header = ReleaseHeader(
            encoding: encoding, packedPlanes: packedPlanes, dimension: dimension, reference: reference.hash)
        return (header.bytes + payload, next)
    }

    /// Returns a full value: float64 against the zero vector, exact to the last bit.
    ///
    /// - Throws: ``ReleaseEncodingError`` `oversized` (the dimension) or `nonFinite`.
    package static func encodeFull(_ x: [Double]) throws -> (release: [UInt8], next: Reference) {
        try encode(x, relativeTo: Reference(dimension: x.count), encoding: .float64)
    }

    /// Returns what both ends hold after a release.
    ///
    /// - Parameter reference: What this end holds; of `dimension` elements.
    /// - Parameter dimension: The vector's length by the study. Nothing is allocated for any other.
    /// - Throws: ``ReleaseEncodingError`` `unknownReference` when the release is relative to another reference
    ///   than `reference` and not to the zero vector; `oversized`, `unsupportedVersion`, `malformed`,
    ///   `wrongDimension`; `nonFinite` or `outOfRange` for an element or its sum with the reference.
    /// - Complexity: O(dimension).
    package static func decode(
        _ release: [UInt8], reference: Reference, dimension: Int
    ) throws -> Reference {
        precondition(
            reference.value.count == dimension,
            "a reference of \(reference.value.count) elements for dimension \(dimension)")
        let byteCountBound = maximumReleaseByteCount(dimension: dimension)
        guard release.count <= byteCountBound else {
            throw ReleaseEncodingError(
                .oversized,
                "a release of \(release.count) bytes; \(dimension) elements take at most \(byteCountBound)")
        }
        let header = try ReleaseHeader(of: release)
        guard header.dimension == dimension else {
            throw ReleaseEncodingError(
                .wrongDimension, "a release of \(header.dimension) elements where \(dimension) are expected")
        }
        guard header.reference == .none || header.reference == reference.hash else {
            throw ReleaseEncodingError(
                .unknownReference,
                "the release is relative to a reference that is not held here; send a full value")
        }
        let planes = try BytePlanes(of: release, from: ReleaseHeader.byteCount, header: header)
        let difference = planes.bitPatterns.map(header.encoding.value(ofBitPattern:))
        if let index = difference.firstIndex(where: { !$0.isFinite }) {
            throw ReleaseEncodingError(.nonFinite, "element \(index) of a release is not finite")
        }
        let held = header.reference == .none ? Reference(dimension: dimension) : reference
        return try held.advanced(by: difference)
    }

    /// Returns the most bytes of any release of a vector of `dimension` elements.
    package static func maximumReleaseByteCount(dimension: Int) -> Int {
        // A plane is packed only where that makes it smaller, and float64 is the widest encoding.
        ReleaseHeader.byteCount + dimension * VectorEncoding.float64.elementByteCount
    }

    private static func bitPattern(
        ofElement index: Int, _ value: Double, minus reference: Double, encoding: VectorEncoding
    ) throws -> UInt64 {
        guard value.isFinite else {
            throw ReleaseEncodingError(.nonFinite, "element \(index) of the vector is not finite")
        }
        guard let bitPattern = encoding.bitPattern(of: value - reference) else {
            throw ReleaseEncodingError(
                .outOfRange,
                """
                the difference of element \(index) to its reference is beyond \(encoding.rawValue)'s largest \
                number, \(encoding.greatestFiniteMagnitude); send a full value
                """)
        }
        return bitPattern
    }
}
