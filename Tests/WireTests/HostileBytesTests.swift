internal import Federation
internal import SeededRandom
internal import Testing
internal import Wire

@Suite("Hostile bytes")
struct HostileBytesTests {
    static let limits = RandomMessages.limits

    /// Returns the code that a site's bytes are refused with; nil where they are a batch.
    static func code(_ bytes: [UInt8]) throws -> WireError.Code? {
        do {
            _ = try WireCodec.decodeSiteMessages(bytes, limits: limits)
            return nil
        } catch let error as WireError {
            return error.code
        }
    }

    static func aggregatorCode(_ bytes: [UInt8]) throws -> WireError.Code? {
        do {
            _ = try WireCodec.decodeAggregatorMessages(bytes, limits: limits)
            return nil
        } catch let error as WireError {
            return error.code
        }
    }

    /// Returns a length-delimited field of fewer than 128 bytes.
    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    @Test("bytes that are no message are refused by type")
    func malformed() throws {
        #expect(try Self.code([]) == .malformed)
        #expect(try Self.code([0x0A]) == .malformed)
        #expect(try Self.code([0x0A, 5, 1]) == .malformed)
        #expect(try Self.code([0x0B, 0x0C]) == .malformed)
        #expect(try Self.code([UInt8](repeating: 0xFF, count: 30)) == .malformed)
        #expect(try Self.code(Self.field(2, [1, 2, 3])) == .malformed)
        // Not UTF-8.
        #expect(try Self.code(Self.field(1, Self.field(4, Self.field(1, [0xC3, 0x28])))) == .malformed)
    }

    @Test("a message of no known kind, and a code that this build does not know, are refused by type")
    func unknown() throws {
        #expect(try Self.code(Self.field(1, [])) == .unknownKind)
        #expect(try Self.code(Self.field(1, Self.field(15, [1]))) == .unknownKind)
        #expect(try Self.aggregatorCode(Self.field(1, [])) == .unknownKind)
        for code: UInt8 in [0, 19, 100] {
            #expect(try Self.aggregatorCode(Self.field(1, Self.field(5, [0x08, code]))) == .invalidField)
        }
        #expect(try Self.aggregatorCode(Self.field(1, Self.field(5, []))) == .invalidField)
        let negative: [UInt8] = [0x08] + [UInt8](repeating: 0xFF, count: 9) + [1]
        #expect(try Self.aggregatorCode(Self.field(1, Self.field(5, negative))) == .invalidField)
    }

    @Test("hashes and identifiers of another length are refused", arguments: [1, 15, 17, 32])
    func hashes(count: Int) throws {
        let hash = [UInt8](repeating: 1, count: count)
        let read = Self.field(1, Array("t".utf8)) + Self.field(2, hash)
        #expect(try Self.code(Self.field(1, Self.field(2, read))) == .invalidField)
        #expect(try Self.aggregatorCode(Self.field(1, Self.field(1, Self.field(1, hash)))) == .invalidField)
    }

    @Test("a read marked as the same, but false, is refused")
    func falseSame() throws {
        let update = Self.field(1, Array("t".utf8)) + Self.field(5, [1])
        #expect(try Self.code(Self.field(1, Self.field(3, update + [0x38, 1]))) == nil)
        #expect(try Self.code(Self.field(1, Self.field(3, update + [0x38, 0]))) == .invalidField)
    }

    @Test("unknown fields are skipped at every depth")
    func unknownFields() throws {
        let unknown = Self.field(15, [9, 9]) + [0x70, 5]
        let fetched = Self.field(1, Array("t".utf8)) + unknown
        let message = Self.field(4, fetched) + unknown
        let decoded = try WireCodec.decodeSiteMessages(Self.field(1, message) + unknown, limits: Self.limits)
        #expect(decoded == [.fetched(task: TaskName("t"))])
    }

    @Test(
        "where batches are exact, a field that is unknown, stands twice or says nothing is refused at every depth"
    )
    func exactBatches() throws {
        let limits = WireLimits(maximumDimension: Self.limits.maximumDimension, areBatchesExact: true)
        let task = Self.field(1, Array("t".utf8))
        func code(_ bytes: [UInt8]) -> WireError.Code? {
            do {
                _ = try WireCodec.decodeSiteMessages(bytes, limits: limits)
                return nil
            } catch {
                return (error as? WireError)?.code
            }
        }
        #expect(code(Self.field(1, Self.field(4, task))) == nil)
        for extra in [Self.field(15, [9, 9]), [0x70, 5], Self.field(1, Array("s".utf8))] {
            #expect(code(Self.field(1, Self.field(4, extra + task))) == .malformed)
            #expect(code(Self.field(1, Self.field(4, task + extra))) == .malformed)
            #expect(code(Self.field(1, Self.field(4, task) + Self.field(15, extra))) == .malformed)
            #expect(code(Self.field(1, Self.field(4, task)) + Self.field(15, extra)) == .malformed)
        }
        // An update that stands twice in a message: who reads it merges them.
        let update = Self.field(3, task + Self.field(5, [1]))
        #expect(code(Self.field(1, update)) == nil)
        #expect(code(Self.field(1, update + update)) == .malformed)
        // The number 0, which is left out.
        #expect(code(Self.field(1, Self.field(3, task + [0x10, 0] + Self.field(5, [1])))) == .malformed)
    }

    @Test("floods of empty records are refused before they are built")
    func floods() throws {
        let messages = [[UInt8]](repeating: [0x0A, 0], count: 200_000).flatMap(\.self)
        #expect(try Self.code(messages) == .tooMany)
        #expect(try Self.aggregatorCode(messages) == .tooMany)
        let tasks = [[UInt8]](repeating: [0x1A, 0], count: 200_000).flatMap(\.self)
        func long(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            let count = bytes.count
            return [
                number << 3 | 2, UInt8(count & 0x7F) | 0x80, UInt8(count >> 7 & 0x7F) | 0x80,
                UInt8(count >> 14),
            ] + bytes
        }
        #expect(try Self.code(long(1, long(1, tasks))) == .tooMany)
    }

    @Test("every truncation is refused or a batch of fewer messages")
    func truncations() throws {
        var messages = RandomMessages(seed: 50)
        for kind in 0..<RandomMessages.siteKindCount {
            let batch = [messages.siteMessage(kind: kind), messages.siteMessage(kind: 2)]
            let bytes = try WireCodec.encode(batch, limits: Self.limits)
            for count in 0..<bytes.count {
                do {
                    let decoded = try WireCodec.decodeSiteMessages(
                        [UInt8](bytes[..<count]), limits: Self.limits)
                    #expect(decoded == [batch[0]], "\(count) of \(bytes.count) bytes")
                } catch {
                    #expect(error is WireError)
                }
            }
        }
        for kind in 0..<RandomMessages.aggregatorKindCount {
            let bytes = try WireCodec.encode([messages.aggregatorMessage(kind: kind)], limits: Self.limits)
            for count in 0..<bytes.count {
                #expect(
                    try Self.aggregatorCode([UInt8](bytes[..<count])) != nil,
                    "\(count) of \(bytes.count) bytes")
            }
        }
    }

    @Test("random and damaged bytes are refused by type or decode to what can be sent again")
    func fuzz() throws {
        let seed: UInt64 = 51
        var messages = RandomMessages(seed: seed)
        var acceptedCount = 0
        for trial in 0..<20_000 {
            var bytes = messages.bytes(messages.generator.integer(below: 60))
            if trial % 8 != 0 {
                let message = messages.siteMessage(kind: trial % RandomMessages.siteKindCount)
                bytes = try WireCodec.encode([message], limits: Self.limits)
                for _ in 0...messages.generator.integer(below: 3) {
                    bytes[messages.generator.integer(below: bytes.count)] = messages.bytes(1)[0]
                }
            }
            do {
                let decoded = try WireCodec.decodeSiteMessages(bytes, limits: Self.limits)
                let again = try WireCodec.encode(decoded, limits: Self.limits)
                let decodedAgain = try WireCodec.decodeSiteMessages(again, limits: Self.limits)
                #expect(decodedAgain == decoded, "seed \(seed), trial \(trial)")
                acceptedCount += 1
            } catch {
                #expect(error is WireError, "seed \(seed), trial \(trial): \(error)")
            }
            #expect(throws: Never.self, "seed \(seed), trial \(trial)") { _ = try Self.aggregatorCode(bytes) }
        }
        #expect(acceptedCount > 1_000, "seed \(seed): damage to a release or a number goes through")
    }
}
