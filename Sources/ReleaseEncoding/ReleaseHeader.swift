/// The first bytes of every release: what it holds, and relative to what.
///
/// Layout, little-endian: version (1 byte), encoding (1), mask of packed planes (1), dimension (4),
/// reference hash (16).
package struct ReleaseHeader: Equatable, Sendable {
    package static let version: UInt8 = 1
    package static let byteCount = 7 + ReferenceHash.byteCount

    /// The encoding of the elements.
    package let encoding: VectorEncoding
    /// Bit i says that byte plane i is a Zstandard frame; zero says that the elements follow as they are.
    package let packedPlanes: UInt8
    /// Elements of the vector.
    package let dimension: Int
    /// What the elements are a difference to.
    package let reference: ReferenceHash

    init(encoding: VectorEncoding, packedPlanes: UInt8, dimension: Int, reference: ReferenceHash) {
        self.encoding = encoding
        self.packedPlanes = packedPlanes
        self.dimension = dimension
        self.reference = reference
    }

    /// Reads the header of a release, without its elements.
    ///
    /// - Throws: ``ReleaseEncodingError`` `malformed`, `unsupportedVersion` or `oversized` (the dimension).
    package init(of release: [UInt8]) throws {
        guard let first = release.first else {
            throw ReleaseEncodingError(.malformed, "a release of no bytes")
        }
        guard first == Self.version else {
            throw ReleaseEncodingError(
                .unsupportedVersion, "a release of version \(first); this build reads \(Self.version)")
        }
        guard release.count >= Self.byteCount else {
            throw ReleaseEncodingError(
                .malformed, "a release of \(release.count) bytes; its header alone has \(Self.byteCount)")
        }
        guard let encoding = VectorEncoding(code: release[1]) else {
            throw ReleaseEncodingError(.malformed, "a release in the unknown encoding \(release[1])")
        }
        let packedPlanes = release[2]
        guard Int(packedPlanes) < 1 << encoding.elementByteCount else {
            throw ReleaseEncodingError(
                .malformed, "packed planes \(packedPlanes) for elements of \(encoding.elementByteCount) bytes"
            )
        }
        let dimension = Int(release.littleEndian(at: 3, byteCount: 4))
        guard (1...ReleaseEncodingLimits.maximumDimension).contains(dimension) else {
            throw ReleaseEncodingError(
                .oversized,
                "a release of \(dimension) elements; the bounds are 1 and \(ReleaseEncodingLimits.maximumDimension)"
            )
        }
        guard let reference = ReferenceHash(bytes: [UInt8](release[7..<Self.byteCount])) else {
            throw ReleaseEncodingError(.malformed, "a release without its reference hash")
        }
        self.init(encoding: encoding, packedPlanes: packedPlanes, dimension: dimension, reference: reference)
    }

    var bytes: [UInt8] {
        [Self.version, encoding.code, packedPlanes]
            + [UInt8](littleEndian: UInt64(dimension), byteCount: 4) + reference.bytes
    }
}

extension VectorEncoding {
    /// The byte that stands for the encoding in a release; it never changes its meaning.
    fileprivate var code: UInt8 {
        switch self {
        case .float64: 1
        case .float32: 2
        case .bfloat16: 3
        }
    }

    fileprivate init?(code: UInt8) {
        guard let encoding = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = encoding
    }
}
