/// Writes the fields of a body: little-endian, in order, one form for each value.
struct RecordingWriter {
    private(set) var bytes: [UInt8] = []

    init(reservingByteCount count: Int) { bytes.reserveCapacity(count) }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func integer(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    mutating func count(_ value: Int) { integer(UInt64(value)) }

    mutating func number(_ value: Double) { integer(value.bitPattern) }

    mutating func numbers(_ values: [Double]) { for value in values { number(value) } }

    mutating func steps(_ values: [Int64]) { for value in values { integer(UInt64(bitPattern: value)) } }

    mutating func fixed(_ value: [UInt8]) { bytes += value }

    /// A text with its number of bytes before it.
    mutating func name(_ value: String) {
        byte(UInt8(value.utf8.count))
        bytes += value.utf8
    }

    /// Eight bits a byte, the lowest first; unused ones are 0.
    mutating func bits(_ values: [Bool]) {
        for start in stride(from: 0, to: values.count, by: 8) {
            let part = values[start..<min(start + 8, values.count)]
            bytes.append(part.reversed().reduce(0) { $0 << 1 | ($1 ? 1 : 0) })
        }
    }
}
