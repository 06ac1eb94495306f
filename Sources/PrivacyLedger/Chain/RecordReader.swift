/// Takes a chain's file apart into records, from chunks of any size, in bounded memory.
struct RecordReader: Sendable {
    let purpose: ChainPurpose
    /// Where the next record begins in the file.
    private(set) var offset = 0
    private var buffer: [UInt8] = []
    private var position = 0
    private var isDamaged = false
    private var droppedByteCount = 0

    init(purpose: ChainPurpose) { self.purpose = purpose }

    /// Hands over every record that is whole by now.
    ///
    /// - Parameter body: Takes a record and its place in the file.
    mutating func read(
        _ chunk: [UInt8], _ body: (SignedRecord, _ offset: Int) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        buffer.removeFirst(position)
        position = 0
        // Of a damaged rest no more is kept than tells a torn record from damage.
        let room = isDamaged ? max(LedgerLimits.recordByteCount.upperBound - buffer.count, 0) : chunk.count
        buffer += chunk.prefix(room)
        droppedByteCount += max(chunk.count - room, 0)
        while !isDamaged {
            switch SignedRecord.parse(buffer, at: position, purpose: purpose) {
            case .record(let record, let byteCount):
                try body(record, offset)
                position += byteCount
                offset += byteCount
            case .incomplete: return
            case .damaged: isDamaged = true
            }
        }
    }

    /// What follows the last whole record.
    struct Tail {
        /// Its bytes; all of them where it is torn.
        let bytes: [UInt8]
        let byteCount: Int
        /// Whether it can be what an interrupted append of one record left.
        ///
        /// It is no longer than a record and has no whole record in it, and it has fewer bytes than its plausible
        /// length announces, or nothing but zeros from its beginning or a border of sectors on, where the disk had the
        /// file's size before its bytes.
        let isTorn: Bool
    }

    /// Returns what follows the last whole record once the file has ended; nil for nothing.
    var tail: Tail? {
        let rest = Array(buffer[position...])
        guard !rest.isEmpty else { return nil }
        let byteCount = rest.count + droppedByteCount
        let holdsRecord = rest.indices.dropFirst().contains { start in
            if case .record = SignedRecord.parse(rest, at: start, purpose: purpose) { true } else { false }
        }
        let isUnfinished = isDamaged ? endsInUnwrittenSectors(rest) : !isWholeButForLength(rest)
        return Tail(
            bytes: rest, byteCount: byteCount,
            isTorn: byteCount <= LedgerLimits.recordByteCount.upperBound && !holdsRecord && isUnfinished)
    }

    /// Whether only zeros follow the rest's beginning, or a border of sectors in it.
    private func endsInUnwrittenSectors(_ rest: [UInt8]) -> Bool {
        let written = rest.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        guard written > 0 else { return true }
        let sector = LedgerLimits.sectorByteCount
        let border = (offset + written + sector - 1) / sector * sector
        return border < offset + rest.count
    }

    /// Whether the rest is a whole record of which the length alone was changed.
    private func isWholeButForLength(_ rest: [UInt8]) -> Bool {
        let length = rest.count - SignedRecord.overheadByteCount
        guard LedgerLimits.bodyByteCount.contains(length) else { return false }
        let restored =
            SignedRecord.length(ofBodyByteCount: length) + rest.dropFirst(SignedRecord.lengthByteCount)
        if case .record = SignedRecord.parse(restored, at: 0, purpose: purpose) { return true }
        return false
    }
}
