internal import Glibc
internal import Testing

@testable internal import Compression

/// Reads and resets this process's high-water mark of resident memory (proc(5), `VmHWM`).
enum ResidentMemory {
    static func highWaterMark() -> Int? {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return nil }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("VmHWM:") else { continue }
            return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 << 10 }
        }
        return nil
    }

    /// Sets the mark back to what is resident now (`clear_refs` 5).
    static func resetHighWaterMark() -> Bool {
        guard let file = unsafe fopen("/proc/self/clear_refs", "w") else { return false }
        defer { unsafe fclose(file) }
        return unsafe fputs("5", file) >= 0 && fflush(file) == 0
    }
}

@Suite("Memory under a bomb")
struct BombMemoryTests {
    /// What a refusal may add beyond the size that the caller allows.
    static let growthBound = 2 << 20

    // In a process of its own: other tests' memory would count otherwise.
    @Test("refusing 1 GiB of zeros grows memory by the allowed size and 2 MiB at most")
    func growth() async {
        await #expect(processExitsWith: .success) {
            let limit = 1 << 20
            let count = (1 << 30) / Bomb.blockByteCount
            let bombs = [
                Bomb.zeros(blockCount: count, declared: 1 << 30),
                Bomb.zeros(blockCount: count, declared: UInt64(limit)),
                Bomb.zeros(blockCount: count, declared: nil, windowLog: 20),
                Bomb.zeros(blockCount: count, declared: UInt64(limit), windowLog: 31),
                Bomb.zeros(blockCount: count, declared: UInt64(limit), windowLog: 20),
            ]
            // What the first decompression and the first refusal load for good is no part of the growth.
            let small = try Zstd.compress([UInt8](repeating: 1, count: 100))
            _ = try Zstd.decompress(small, sizeLimit: 100)
            for bomb in bombs {
                #expect(throws: CompressionError.self) { try Zstd.decompress(bomb, sizeLimit: 0) }
            }
            try #require(ResidentMemory.resetHighWaterMark())
            let before = try #require(ResidentMemory.highWaterMark())
            for bomb in bombs {
                #expect(throws: CompressionError.self) { try Zstd.decompress(bomb, sizeLimit: limit) }
            }
            let growth = try #require(ResidentMemory.highWaterMark()) - before
            #expect(growth <= limit + BombMemoryTests.growthBound, "grew by \(growth) bytes")
        }
    }

    @Test("the measure sees memory that is used")
    func measure() async {
        await #expect(processExitsWith: .success) {
            try #require(ResidentMemory.resetHighWaterMark())
            let before = try #require(ResidentMemory.highWaterMark())
            let frame = Bomb.zeros(blockCount: 256, declared: 32 << 20)
            #expect(try Zstd.decompress(frame, sizeLimit: 32 << 20).count == 32 << 20)
            let growth = try #require(ResidentMemory.highWaterMark()) - before
            #expect(growth >= 32 << 20, "grew by \(growth) bytes")
        }
    }
}
