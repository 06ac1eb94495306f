internal import Sodium
internal import Testing

extension SecretBytes {
    /// The bytes, for comparison in tests.
    borrowing func bytes() -> [UInt8] {
        withBytes { span in span.indices.map { span[$0] } }
    }
}

@Suite struct SecretBytesTests {
    @Test("erasing leaves zeros only", arguments: [0, 1, 31, 32, 4096])
    func erasing(_ count: Int) {
        var bytes = [UInt8](repeating: 0xa5, count: count)
        var span = bytes.mutableSpan
        SecretBytes.erase(&span)
        #expect(bytes == [UInt8](repeating: 0, count: count))
    }

    @Test("what is not filled is zero", arguments: [SecretBytes.Lifetime.lasting, .transient])
    func unfilled(_ lifetime: SecretBytes.Lifetime) {
        let secret = SecretBytes(count: 100, lifetime: lifetime) { span in span[3] = 7 }
        let isRight = secret.bytes().enumerated().allSatisfy { $1 == ($0 == 3 ? 7 : 0) }
        #expect(isRight)
    }

    @Test("the memory is out of reach once the value has ended")
    func ended() async {
        await #expect(processExitsWith: .failure) {
            let address = SecretBytes(copying: [1, 2, 3]).withBytes { span in
                unsafe span.withUnsafeBufferPointer { buffer in UInt(bitPattern: buffer.baseAddress) }
            }
            let stale = unsafe UnsafePointer<UInt8>(bitPattern: address)
            let byte = unsafe stale?.pointee
            #expect(byte == 1)
        }
    }

    @Test("writing past the end of a lasting secret ends the process")
    func guarded() async {
        await #expect(processExitsWith: .failure) {
            let secret = SecretBytes(copying: [UInt8](repeating: 1, count: 32))
            let address = secret.withBytes { span in
                unsafe span.withUnsafeBufferPointer { buffer in UInt(bitPattern: buffer.baseAddress) }
            }
            unsafe UnsafeMutablePointer<UInt8>(bitPattern: address + 32)?.pointee = 1
        }
    }

    @Test("comparison tells equal from unequal, at every byte")
    func comparison() {
        let bytes = [UInt8](0..<32)
        let secret = SecretBytes(copying: bytes)
        let same = secret.isEqual(to: SecretBytes(copying: bytes))
        #expect(same)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x80
            let isEqual = secret.isEqual(to: SecretBytes(copying: changed))
            #expect(!isEqual, "byte \(index)")
        }
        let isEqualToShorter = secret.isEqual(to: SecretBytes(copying: Array(bytes.dropLast())))
        #expect(!isEqualToShorter)
    }

    @Test("copies hold the bytes of their range and outlive the original")
    func copies() {
        let part: SecretBytes
        do {
            let whole = SecretBytes(copying: [UInt8](0..<10))
            part = whole.copy(3..<7)
            let all = whole.copy().bytes()
            #expect(all == [UInt8](0..<10))
        }
        let bytes = part.bytes()
        #expect(bytes == [3, 4, 5, 6])
    }

    @Test("the largest secret is allowed and one byte more ends the process")
    func limit() async {
        let count = SecretBytes(count: SodiumLimits.maximumSecretByteCount) { _ in }.count
        #expect(count == SodiumLimits.maximumSecretByteCount)
        await #expect(processExitsWith: .failure) {
            _ = SecretBytes(count: SodiumLimits.maximumSecretByteCount + 1) { _ in }
        }
    }

    @Test("random secrets and system randomness do not repeat")
    func randomness() {
        let first = SecretBytes.random(count: 32)
        let isEqual = first.isEqual(to: SecretBytes.random(count: 32))
        #expect(!isEqual)
        #expect(SystemRandom.bytes(16) != SystemRandom.bytes(16))
        #expect(SystemRandom.bytes(0) == [])
        var generator = SystemRandom()
        #expect(generator.next() != generator.next())
    }
}
