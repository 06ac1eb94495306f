internal import CSodium

/// Secret bytes with one owner, zeroed at the end.
///
/// The memory comes from `sodium_malloc`: it is not swapped out, lies between inaccessible pages, and a
/// canary before it is checked when it is freed. (``Lifetime/transient`` values do without.) The bytes are
/// lent by closure and are read-only once made, so a value can be borrowed by several threads.
@safe
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    /// How long a secret lives, which decides what memory it deserves.
    package enum Lifetime: Sendable {
        /// Guarded memory, at the price of some system calls (about as long as one key agreement).
        case lasting
        /// Ordinary memory, for intermediate values that are gone when the call returns.
        case transient
    }

    // Sendable although it holds a pointer: the value is the memory's only owner, and nothing writes to
    // the memory between the initialiser and `deinit`.
    private let memory: UnsafeMutableRawPointer
    private let lifetime: Lifetime
    /// How many bytes there are.
    package let count: Int

    /// Creates `count` bytes by letting `fill` write them; they are zero where it does not.
    ///
    /// - Parameters:
    ///   - count: At least 0, at most ``SodiumLimits/maximumSecretByteCount``.
    ///   - lifetime: Decides what memory it is.
    ///   - fill: Writes the bytes.
    /// - Throws: What `fill` throws; the memory is zeroed and freed then.
    package init<Failure: Error>(
        count: Int, lifetime: Lifetime = .lasting,
        filledBy fill: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(
            (0...SodiumLimits.maximumSecretByteCount).contains(count),
            "SecretBytes takes 0 ... \(SodiumLimits.maximumSecretByteCount) bytes, got \(count)")
        Sodium.initialize()
        let memory = unsafe SecretBytes.allocate(count, lifetime)
        unsafe self.init(owning: memory, count: count, lifetime: lifetime)
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: memory, count: count)
            .bindMemory(to: UInt8.self)
        var span = unsafe buffer.mutableSpan
        try fill(&span)
    }

    private init(owning memory: UnsafeMutableRawPointer, count: Int, lifetime: Lifetime) {
        unsafe self.memory = memory
        self.count = count
        self.lifetime = lifetime
    }

    /// Returns memory of zeros.
    private static func allocate(_ count: Int, _ lifetime: Lifetime) -> UnsafeMutableRawPointer {
        let memory: UnsafeMutableRawPointer
        switch lifetime {
        case .lasting:
            guard let guarded = unsafe sodium_malloc(count) else {
                preconditionFailure("sodium_malloc refused \(count) bytes: raise the limit of mapped memory")
            }
            unsafe memory = guarded
        case .transient:
            unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
        }
        unsafe erase(memory, count)
        return unsafe memory
    }

    /// Creates a secret from a copy of `bytes`, whose own memory is the caller's to care for.
    package init(copying bytes: [UInt8], lifetime: Lifetime = .lasting) {
        self.init(count: bytes.count, lifetime: lifetime) { span in
            for index in bytes.indices { span[index] = bytes[index] }
        }
    }

    /// Returns `count` bytes drawn by the system's generator.
    package static func random(count: Int) -> SecretBytes {
        SecretBytes(count: count) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer in
                if let address = buffer.baseAddress { unsafe randombytes_buf(address, buffer.count) }
            }
        }
    }

    deinit {
        unsafe SecretBytes.erase(memory, count)
        switch lifetime {
        case .lasting: unsafe sodium_free(memory)
        case .transient: unsafe memory.deallocate()
        }
    }

    /// Overwrites bytes with zeros in a way that the compiler may not leave out.
    package static func erase(_ bytes: inout MutableSpan<UInt8>) {
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            if let address = buffer.baseAddress { unsafe sodium_memzero(address, buffer.count) }
        }
    }

    /// Overwrites memory with zeros.
    static func erase(_ memory: UnsafeMutableRawPointer, _ count: Int) {
        var span = unsafe UnsafeMutableRawBufferPointer(start: memory, count: count)
            .bindMemory(to: UInt8.self).mutableSpan
        erase(&span)
    }

    /// Lends the bytes to `body`, which must not keep a copy of them.
    package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let buffer = unsafe UnsafeRawBufferPointer(start: memory, count: count).bindMemory(to: UInt8.self)
        return try body(unsafe buffer.span)
    }

    /// Lends the address of the bytes to a call of libsodium.
    borrowing func withUnsafePointer<Result: ~Copyable>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        unsafe body(UnsafePointer(memory.assumingMemoryBound(to: UInt8.self)))
    }

    /// Returns a second secret with the bytes of `range`.
    package borrowing func copy(_ range: Range<Int>) -> SecretBytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) is outside 0 ..< \(count)")
        return withBytes { source in
            SecretBytes(count: range.count) { span in
                for index in span.indices { span[index] = source[range.lowerBound + index] }
            }
        }
    }

    /// Returns a second secret with the same bytes.
    package borrowing func copy() -> SecretBytes {
        copy(0..<count)
    }

    /// Whether both hold the same bytes, in a time that depends on their counts only.
    package borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafePointer { left in
            unsafe other.withUnsafePointer { right in unsafe sodium_memcmp(left, right, count) == 0 }
        }
    }
}
