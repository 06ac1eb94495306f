internal import CSodium

/// BLAKE2b (RFC 7693) without a key, over input given in parts.
@safe
package struct Blake2b: ~Copyable {
    /// The sizes a digest can have, in bytes.
    package static let digestByteCounts = 16...64
    /// The size of a compression block in bytes, which HMAC needs.
    package static let blockByteCount = 128

    private let state: Blake2bState
    private let digestByteCount: Int

    /// Creates a hasher of nothing so far.
    ///
    /// - Parameter length: Bytes of the digest, 16 ... 64.
    package init(length: Int = 32) {
        state = Blake2bState(length: length)
        digestByteCount = length
    }

    /// Appends bytes to the input.
    package mutating func update(_ bytes: [UInt8]) {
        state.update(bytes.span)
    }

    /// Appends bytes to the input.
    package mutating func update(_ bytes: Span<UInt8>) {
        state.update(bytes)
    }

    /// Returns the digest of all input.
    package consuming func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: digestByteCount) { buffer, initialized in
            var digest = unsafe buffer.mutableSpan
            state.finalize(into: &digest)
            initialized = digestByteCount
        }
    }

    /// Returns the digest of `bytes`.
    ///
    /// - Parameter length: Bytes of the digest, 16 ... 64.
    package static func hash(_ bytes: [UInt8], length: Int = 32) -> [UInt8] {
        requireDigestByteCount(length)
        Sodium.initialize()
        return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
            let code = unsafe crypto_generichash(
                buffer.address, length, bytes, UInt64(bytes.count), nil, 0)
            Sodium.requireSuccess(code, "crypto_generichash")
            initialized = length
        }
    }

    static func requireDigestByteCount(_ length: Int) {
        precondition(digestByteCounts.contains(length), "a BLAKE2b digest has 16 ... 64 bytes, got \(length)")
    }
}

/// The state of one BLAKE2b computation, zeroed at its end because HMAC feeds keys into it.
@safe
struct Blake2bState: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    private var state: OpaquePointer { unsafe OpaquePointer(memory) }

    init(length: Int) {
        Blake2b.requireDigestByteCount(length)
        Sodium.initialize()
        unsafe memory = UnsafeMutableRawPointer.allocate(
            byteCount: crypto_generichash_statebytes(), alignment: 64)
        let code = unsafe crypto_generichash_init(state, nil, 0, length)
        Sodium.requireSuccess(code, "crypto_generichash_init")
    }

    deinit {
        unsafe SecretBytes.erase(memory, crypto_generichash_statebytes())
        unsafe memory.deallocate()
    }

    borrowing func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            let code = unsafe crypto_generichash_update(state, buffer.baseAddress, UInt64(buffer.count))
            Sodium.requireSuccess(code, "crypto_generichash_update")
        }
    }

    borrowing func finalize(into digest: inout MutableSpan<UInt8>) {
        unsafe digest.withUnsafeMutableBufferPointer { buffer in
            let code = unsafe crypto_generichash_final(state, buffer.address, buffer.count)
            Sodium.requireSuccess(code, "crypto_generichash_final")
        }
    }
}
