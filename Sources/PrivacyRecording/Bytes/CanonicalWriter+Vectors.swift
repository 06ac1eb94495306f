internal import PrivacyLedger

extension CanonicalWriter {
    mutating func count(_ value: Int) { integer(UInt64(value)) }

    mutating func numbers(_ values: [Double]) { for value in values { number(value) } }

    mutating func steps(_ values: [Int64]) { for value in values { integer(UInt64(bitPattern: value)) } }

    /// Eight bits a byte, the lowest first; unused ones are 0.
    mutating func bits(_ values: [Bool]) {
        for start in stride(from: 0, to: values.count, by: 8) {
            let part = values[start..<min(start + 8, values.count)]
            byte(part.reversed().reduce(0) { $0 << 1 | ($1 ? 1 : 0) })
        }
    }
}
