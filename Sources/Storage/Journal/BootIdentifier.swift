/// Tells one start of the machine from another, where the system says which this is.
package struct BootIdentifier: Sendable, Equatable {
    static let byteCount = 36
    /// A system that does not say: no start is known to be the same as another.
    private static let unknown = [UInt8](repeating: UInt8(ascii: " "), count: byteCount)

    let bytes: [UInt8]

    /// Takes the bytes that stand in a file.
    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads the kernel's file; unknown where that cannot be read, as in a service without `/proc/sys`.
    package init(readingFrom path: String = "/proc/sys/kernel/random/boot_id") {
        var bytes = Self.unknown
        let count = try? bytes.withUnsafeMutableBufferPointer { buffer in
            try FileDescriptor(reading: path).read(into: buffer)
        }
        self.bytes = count == Self.byteCount ? bytes : Self.unknown
    }

    /// Whether the machine is known to have run on between the two.
    func isSameStart(as other: BootIdentifier) -> Bool {
        bytes != Self.unknown && bytes == other.bytes
    }
}
