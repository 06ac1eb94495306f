/// Writes the fields of a body: little-endian, in order, one form for each value.
package struct CanonicalWriter {
    package private(set) var bytes: [UInt8] = []

    package init(reservingByteCount count: Int) { bytes.reserveCapacity(count) }

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    package mutating func integer(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    package mutating func time(_ value: Int64) { integer(UInt64(bitPattern: value)) }

    package mutating func number(_ value: Double) { integer(value.bitPattern) }

    package mutating func hash(_ value: LedgerHash) { bytes += value.bytes }

    package mutating func fixed(_ value: [UInt8]) { bytes += value }

    /// A name with its number of bytes before it.
    package mutating func name(_ value: String) {
        byte(UInt8(value.utf8.count))
        bytes += value.utf8
    }
}
