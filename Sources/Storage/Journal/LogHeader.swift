/// The first frame of a log: which form it has, whose it is, and since which start of the machine it is written.
struct LogHeader {
    private static let version: UInt8 = 1
    private static let fixedByteCount = 10 + BootIdentifier.byteCount
    /// The salt of the header's own checksum.
    static let salt: UInt64 = 0x6C6F_672D_6865_6164

    /// Drawn for each log.
    var salt: UInt64
    var durability: JournalDurability
    /// The start of the machine since which it is written.
    var boot: BootIdentifier
    /// Bytes of the log's user, the same for its whole life.
    var owner: [UInt8]

    /// Describes a log that this process begins.
    init(durability: JournalDurability, owner: [UInt8], boot: BootIdentifier) {
        salt = UInt64.random(in: .min ... .max)
        self.durability = durability
        self.boot = boot
        self.owner = owner
    }

    /// Reads the header back; nil for another form.
    init?(payload: [UInt8]) {
        guard payload.count >= Self.fixedByteCount, payload[0] == Self.version, payload[1] <= 1 else {
            return nil
        }
        durability = payload[1] == 1 ? .synced : .unsynced
        salt = payload[2..<10].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        boot = BootIdentifier(bytes: Array(payload[10..<Self.fixedByteCount]))
        owner = Array(payload[Self.fixedByteCount...])
    }

    var payload: [UInt8] {
        [Self.version, durability == .synced ? 1 : 0]
            + (0..<8).map { UInt8(truncatingIfNeeded: salt >> (8 * $0)) } + boot.bytes + owner
    }
}
