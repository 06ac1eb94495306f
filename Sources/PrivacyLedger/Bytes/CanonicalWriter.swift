/// Writes the fields of a body: little-endian, in order, one form for each value.
struct CanonicalWriter {
    private(set) var bytes: [UInt8] = []

    init(reservingByteCount count: Int) { bytes.reserveCapacity(count) }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func integer(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func time(_ value: Int64) { integer(UInt64(bitPattern: value)) }

    mutating func number(_ value: Double) { integer(value.bitPattern) }

    mutating func hash(_ value: LedgerHash) { bytes += value.bytes }

    mutating func fixed(_ value: [UInt8]) { bytes += value }

    /// A name with its number of bytes before it.
    mutating func name(_ value: String) {
        byte(UInt8(value.utf8.count))
        bytes += value.utf8
    }
}
