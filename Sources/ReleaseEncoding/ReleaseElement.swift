/// A floating-point format in which the elements of a release are written.
protocol ReleaseElement {
    associatedtype BitPattern: FixedWidthInteger & UnsignedInteger

    var bitPattern: BitPattern { get }

    init(bitPattern: BitPattern)

    /// Creates the number nearest to `value`, ties to even; infinity beyond the format's range.
    init(_ value: Double)

    /// The number, exactly.
    var value: Double { get }
}

extension Double: ReleaseElement {
    var value: Double { self }
}

extension Float: ReleaseElement {
    var value: Double { Double(self) }
}

extension BFloat16: ReleaseElement {}

extension ReleaseElement {
    /// Bytes of one element.
    static var byteCount: Int { MemoryLayout<BitPattern>.size }

    /// Writes Q(x - h) behind `header` and takes h + Q(x - h), in one pass.
    ///
    /// The loops are plain and typed so that the compiler vectorises them; what is wrong with an element that has no
    /// finite sum is for the caller to find out.
    ///
    /// - Parameter isFirst: Whether `h` is the zero vector that no release has reached: then the sum is Q(x) itself,
    ///   as 0 + Q(x) would lose the sign of a zero.
    static func encode(
        _ x: [Double], relativeTo h: [Double], isFirst: Bool, header: [UInt8]
    ) -> (release: [UInt8], values: [Double], isFinite: Bool) {
        precondition(x.count == h.count, "\(x.count) elements and a reference of \(h.count)")
        var sums: (values: [Double], isFinite: Bool) = ([], true)
        let byteCount = header.count + x.count * Self.byteCount
        let release = [UInt8](unsafeUninitializedCapacity: byteCount) { release, initialized in
            let bytes = UnsafeMutableRawBufferPointer(release)
            bytes.copyBytes(from: header)
            let elements = UnsafeMutableRawBufferPointer(rebasing: bytes[header.count..<byteCount])
            sums = x.withUnsafeBufferPointer { x in
                Self.sums(of: h, isFirst: isFirst) { index, h in
                    let element = Self(x[index] - h)
                    elements.storeBytes(
                        of: element.bitPattern.littleEndian, toByteOffset: index &* Self.byteCount,
                        as: BitPattern.self)
                    return element.value
                }
            }
            initialized = byteCount
        }
        return (release, sums.values, sums.isFinite)
    }

    /// Returns h + d of the elements d that stand in `bytes` from `start` on; d itself where `isFirst`.
    static func decode(
        _ bytes: [UInt8], from start: Int, relativeTo h: [Double], isFirst: Bool
    ) -> (values: [Double], isFinite: Bool) {
        precondition(bytes.count - start == h.count * Self.byteCount, "\(h.count) elements in \(bytes.count)")
        return bytes.withUnsafeBytes { bytes in
            let elements = UnsafeRawBufferPointer(rebasing: bytes[start...])
            return sums(of: h, isFirst: isFirst) { index, _ in
                let bitPattern = elements.loadUnaligned(
                    fromByteOffset: index &* Self.byteCount, as: BitPattern.self)
                return Self(bitPattern: BitPattern(littleEndian: bitPattern)).value
            }
        }
    }

    /// Collects the sums of the elements of `h` and their differences, and says whether all are finite.
    @inline(__always)
    private static func sums(
        of h: [Double], isFirst: Bool, _ difference: (_ index: Int, _ h: Double) -> Double
    ) -> (values: [Double], isFinite: Bool) {
        // x - x is +0 for every finite x and a NaN for any other: no branch, so the loop stays a vector's.
        var deviation: UInt64 = 0
        let values = [Double](unsafeUninitializedCapacity: h.count) { values, initialized in
            h.withUnsafeBufferPointer { h in
                func sum(_ value: (_ index: Int) -> Double) {
                    for index in 0..<h.count {
                        let value = value(index)
                        values[index] = value
                        deviation |= (value - value).bitPattern
                    }
                }
                // Two loops: a choice in one would keep it from becoming a vector's.
                if isFirst {
                    sum { difference($0, h[$0]) }
                } else {
                    sum { h[$0] + difference($0, h[$0]) }
                }
            }
            initialized = h.count
        }
        return (values, deviation == 0)
    }
}
