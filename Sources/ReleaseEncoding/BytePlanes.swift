internal import Compression

/// The payload of a release: bit patterns of one width, as they are or packed.
///
/// Packed, byte i of every element stands together as plane i, and each plane is a Zstandard frame (behind
/// its byte count, 4 bytes) where that is smaller than the plane itself. Elements are rotated left by one
/// bit first, so that the sign joins the fraction and the exponent, all that is regular in a small
/// difference, has a plane of its own; together in one frame the random planes would drown it.
struct BytePlanes {
    let bitPatterns: [UInt64]
    let elementByteCount: Int

    private static let frameByteCountByteCount = 4

    init(bitPatterns: [UInt64], elementByteCount: Int) {
        self.bitPatterns = bitPatterns
        self.elementByteCount = elementByteCount
    }

    /// Returns the payload, and the mask of its packed planes: none where packing does not pay.
    func encoded() throws -> (payload: [UInt8], packedPlanes: UInt8) {
        guard bitPatterns.count >= ReleaseEncodingLimits.smallestPackedDimension else {
            return (elements, 0)
        }
        var payload: [UInt8] = []
        payload.reserveCapacity(bitPatterns.count * elementByteCount)
        var packedPlanes: UInt8 = 0
        for index in 0..<elementByteCount {
            let plane = self.plane(index)
            let frame = try Zstd.compress(plane)
            if frame.count + Self.frameByteCountByteCount < plane.count {
                packedPlanes |= 1 << UInt8(index)
                payload += [UInt8](
                    littleEndian: [UInt64(frame.count)], elementByteCount: Self.frameByteCountByteCount)
                payload += frame
            } else {
                payload += plane
            }
        }
        return packedPlanes == 0 ? (elements, 0) : (payload, packedPlanes)
    }

    /// Reads the payload of a release from `start` to its end.
    ///
    /// - Throws: ``ReleaseEncodingError`` `malformed` unless the bytes are exactly those of the header's shape.
    init(of release: [UInt8], from start: Int, header: ReleaseHeader) throws {
        elementByteCount = header.encoding.elementByteCount
        guard header.packedPlanes != 0 else {
            bitPatterns = try Self.elements(of: release, from: start, header: header)
            return
        }
        var rotated = [UInt64](repeating: 0, count: header.dimension)
        var position = start
        for index in 0..<elementByteCount {
            let isPacked = header.packedPlanes >> UInt8(index) & 1 == 1
            let plane = try Self.plane(
                of: release, at: &position, isPacked: isPacked, dimension: header.dimension)
            let shift = UInt64(8 * index)
            for element in rotated.indices { rotated[element] |= UInt64(plane[element]) << shift }
        }
        guard position == release.count else {
            throw ReleaseEncodingError(
                .malformed, "\(release.count - position) bytes follow the last plane of a release")
        }
        let lastBit = UInt64(8 * elementByteCount - 1)
        bitPatterns = rotated.map { $0 >> 1 | ($0 & 1) << lastBit }
    }

    private var elements: [UInt8] {
        [UInt8](littleEndian: bitPatterns, elementByteCount: elementByteCount)
    }

    /// Byte `index` of every element rotated left by one bit.
    private func plane(_ index: Int) -> [UInt8] {
        let lastBit = UInt64(8 * elementByteCount - 1)
        let shift = UInt64(8 * index)
        return bitPatterns.map { UInt8(truncatingIfNeeded: ($0 << 1 | $0 >> lastBit) >> shift) }
    }

    private static func elements(
        of release: [UInt8], from start: Int, header: ReleaseHeader
    ) throws -> [UInt64] {
        let width = header.encoding.elementByteCount
        guard release.count - start == header.dimension * width else {
            throw ReleaseEncodingError(
                .malformed,
                "\(release.count - start) bytes for \(header.dimension) elements of \(width) bytes")
        }
        return (0..<header.dimension).map { release.littleEndian(at: start + $0 * width, byteCount: width) }
    }

    private static func plane(
        of release: [UInt8], at position: inout Int, isPacked: Bool, dimension: Int
    ) throws -> [UInt8] {
        var byteCount = dimension
        if isPacked {
            guard release.count - position >= frameByteCountByteCount else {
                throw ReleaseEncodingError(.malformed, "a release ends before a packed plane's byte count")
            }
            byteCount = Int(release.littleEndian(at: position, byteCount: frameByteCountByteCount))
            position += frameByteCountByteCount
        }
        guard release.count - position >= byteCount else {
            throw ReleaseEncodingError(
                .malformed, "a plane of \(byteCount) bytes where \(release.count - position) are left")
        }
        let bytes = [UInt8](release[position..<position + byteCount])
        position += byteCount
        guard isPacked else { return bytes }
        let plane: [UInt8]
        do {
            plane = try Zstd.decompress(bytes, sizeLimit: dimension)
        } catch let error as CompressionError {
            let code: ReleaseEncodingError.Code = error.code == .oversized ? .oversized : .malformed
            throw ReleaseEncodingError(code, "a packed plane: \(error.message)")
        }
        guard plane.count == dimension else {
            throw ReleaseEncodingError(
                .malformed, "a plane of \(plane.count) bytes for \(dimension) elements")
        }
        return plane
    }
}
