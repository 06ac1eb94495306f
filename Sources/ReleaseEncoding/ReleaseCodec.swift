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
        // Named types and not a metatype chosen at run time: each loop is compiled for its own.
        return switch encoding {
        case .float64: try encode(x, relativeTo: reference, encoding: encoding, as: Double.self)
        case .float32: try encode(x, relativeTo: reference, encoding: encoding, as: Float.self)
        case .bfloat16: try encode(x, relativeTo: reference, encoding: encoding, as: BFloat16.self)
        }
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
        return switch header.encoding {
        case .float64: try decode(release, header: header, reference: reference, as: Double.self)
        case .float32: try decode(release, header: header, reference: reference, as: Float.self)
        case .bfloat16: try decode(release, header: header, reference: reference, as: BFloat16.self)
        }
    }

    /// Returns the most bytes of any release of a vector of `dimension` elements.
    package static func maximumReleaseByteCount(dimension: Int) -> Int {
        // A plane is packed only where that makes it smaller, and float64 is the widest encoding.
        ReleaseHeader.byteCount + dimension * VectorEncoding.float64.elementByteCount
    }

    private static func encode<Element: ReleaseElement>(
        _ x: [Double], relativeTo reference: Reference, encoding: VectorEncoding, as _: Element.Type
    ) throws -> (release: [UInt8], next: Reference) {
        func header(packedPlanes: UInt8) -> [UInt8] {
            ReleaseHeader(
                encoding: encoding, packedPlanes: packedPlanes, dimension: x.count, reference: reference.hash
            ).bytes
        }
        var (release, sum, isFinite) = Element.encode(
            x, relativeTo: reference.value, isFirst: reference.hash == .none, header: header(packedPlanes: 0))
        guard isFinite else { throw fault(encoding: x, relativeTo: reference, as: encoding) }
        if let packed = try BytePlanes<Element>.packed(release, from: ReleaseHeader.byteCount) {
            release = header(packedPlanes: packed.packedPlanes) + packed.payload
        }
        return (release, Reference(value: sum, hash: ReferenceHash(ofRelease: release)))
    }

    private static func decode<Element: ReleaseElement>(
        _ release: [UInt8], header: ReleaseHeader, reference: Reference, as _: Element.Type
    ) throws -> Reference {
        var elements = release
        var start = ReleaseHeader.byteCount
        if header.packedPlanes != 0 {
            elements = try BytePlanes<Element>.unpacked(release, from: start, header: header)
            start = 0
        }
        guard elements.count - start == header.dimension * Element.byteCount else {
            throw ReleaseEncodingError(
                .malformed,
                "\(elements.count - start) bytes for \(header.dimension) elements of \(Element.byteCount) bytes"
            )
        }
        let (sum, isFinite) = Element.decode(
            elements, from: start, relativeTo: reference.value, isFirst: header.reference == .none)
        guard isFinite else {
            throw fault(decoding: elements, from: start, encoding: header.encoding)
        }
        return Reference(value: sum, hash: ReferenceHash(ofRelease: release))
    }

    /// Says which element cannot be sent, and why.
    private static func fault(
        encoding x: [Double], relativeTo reference: Reference, as encoding: VectorEncoding
    ) -> ReleaseEncodingError {
        for (index, value) in x.enumerated() {
            guard value.isFinite else {
                return ReleaseEncodingError(.nonFinite, "element \(index) of the vector is not finite")
            }
            guard encoding.bitPattern(of: value - reference.value[index]) != nil else {
                return ReleaseEncodingError(
                    .outOfRange,
                    """
                    the difference of element \(index) to its reference is beyond \(encoding.rawValue)'s largest \
                    number, \(encoding.greatestFiniteMagnitude); send a full value
                    """)
            }
        }
        return sumOutOfRange
    }

    /// Says which element of a release is not finite, or that a sum is not.
    private static func fault(
        decoding elements: [UInt8], from start: Int, encoding: VectorEncoding
    ) -> ReleaseEncodingError {
        let width = encoding.elementByteCount
        for (index, position) in stride(from: start, to: elements.count, by: width).enumerated() {
            let bitPattern = elements.littleEndian(at: position, byteCount: width)
            guard encoding.value(ofBitPattern: bitPattern).isFinite else {
                return ReleaseEncodingError(.nonFinite, "element \(index) of a release is not finite")
            }
        }
        return sumOutOfRange
    }

    private static let sumOutOfRange = ReleaseEncodingError(
        .outOfRange, "an element of the reference and its difference add up to no finite number")
}
