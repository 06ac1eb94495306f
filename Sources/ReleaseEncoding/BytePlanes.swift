internal import Compression

/// The packed form of a release's elements: one plane of bytes after the other.
///
/// Byte i of every element stands together as plane i, and each plane is a Zstandard frame (behind its byte
/// count, 4 bytes) where that is smaller than the plane itself. Elements are rotated left by one bit first, so
/// that the sign joins the fraction and the exponent, all that is regular in a small difference, has a plane of
/// its own; together in one frame the random planes would drown it.
enum BytePlanes<Element: ReleaseElement> {
    private static var frameByteCountByteCount: Int { 4 }
    private static var lastBit: Element.BitPattern { Element.BitPattern(Element.byteCount * 8 - 1) }

    /// Returns the planes of the elements that stand in `release` from `start` on, and the mask of the packed ones;
    /// nil where that does not pay (``ReleaseEncodingLimits/largestPackedRatio``).
    static func packed(
        _ release: [UInt8], from start: Int
    ) throws -> (payload: [UInt8], packedPlanes: UInt8)? {
        let dimension = (release.count - start) / Element.byteCount
        guard mayPay(release, from: start, dimension: dimension) else { return nil }
        let limit = Int(Double(release.count - start) * ReleaseEncodingLimits.largestPackedRatio)
        var payload: [UInt8] = []
        var packedPlanes: UInt8 = 0
        for index in 0..<Element.byteCount {
            let plane = self.plane(index, of: release, from: start, dimension: dimension)
            let frame = try Zstd.compress(plane)
            if frame.count + frameByteCountByteCount < plane.count {
                packedPlanes |= 1 << UInt8(index)
                payload += [UInt8](littleEndian: UInt64(frame.count), byteCount: frameByteCountByteCount)
                payload += frame
            } else {
                payload += plane
            }
            guard payload.count <= limit else { return nil }
        }
        return (payload, packedPlanes)
    }

    /// Returns the elements, as an unpacked release holds them, of the planes that stand in `release` from `start`
    /// on.
    ///
    /// - Throws: ``ReleaseEncodingError`` `malformed` or `oversized` unless the bytes are exactly those of the header's
    ///   shape.
    static func unpacked(_ release: [UInt8], from start: Int, header: ReleaseHeader) throws -> [UInt8] {
        let dimension = header.dimension
        var rotated = [Element.BitPattern](repeating: 0, count: dimension)
        var position = start
        for index in 0..<Element.byteCount {
            let isPacked = header.packedPlanes >> UInt8(index) & 1 == 1
            let plane = try self.plane(of: release, at: &position, isPacked: isPacked, dimension: dimension)
            let shift = Element.BitPattern(8 * index)
            for element in 0..<dimension {
                rotated[element] |= Element.BitPattern(truncatingIfNeeded: plane[element]) << shift
            }
        }
        guard position == release.count else {
            throw ReleaseEncodingError(
                .malformed, "\(release.count - position) bytes follow the last plane of a release")
        }
        let byteCount = dimension * Element.byteCount
        return [UInt8](unsafeUninitializedCapacity: byteCount) { elements, initialized in
            let bytes = UnsafeMutableRawBufferPointer(elements)
            for index in 0..<dimension {
                let element = rotated[index] >> 1 | rotated[index] << lastBit
                bytes.storeBytes(
                    of: element.littleEndian, toByteOffset: index * Element.byteCount,
                    as: Element.BitPattern.self)
            }
            initialized = byteCount
        }
    }

    /// Whether packing is worth a try, by a look at a few elements.
    ///
    /// Of two bytes the exponent is one, and regular. Of more it is too little: only zeros make other planes regular.
    private static func mayPay(_ release: [UInt8], from start: Int, dimension: Int) -> Bool {
        guard dimension >= ReleaseEncodingLimits.smallestPackedDimension else { return false }
        guard Element.byteCount > 2 else { return true }
        let count = min(dimension, ReleaseEncodingLimits.sampledElementCount)
        let zeroCount = (0..<count).count { sample in
            let element = start + sample * dimension / count * Element.byteCount
            return (0..<Element.byteCount).allSatisfy { release[element + $0] == 0 }
        }
        return Double(zeroCount) >= ReleaseEncodingLimits.smallestZeroRatio * Double(count)
    }

    /// Byte `index` of every element rotated left by one bit.
    private static func plane(
        _ index: Int, of release: [UInt8], from start: Int, dimension: Int
    ) -> [UInt8] {
        release.withUnsafeBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: dimension) { plane, initialized in
                let shift = Element.BitPattern(8 * index)
                for element in 0..<dimension {
                    let bitPattern = Element.BitPattern(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: start + element * Element.byteCount, as: Element.BitPattern.self))
                    plane[element] = UInt8(
                        truncatingIfNeeded: (bitPattern << 1 | bitPattern >> lastBit) >> shift)
                }
                initialized = dimension
            }
        }
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
