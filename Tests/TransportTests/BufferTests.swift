internal import NIOCore
internal import NIOWebSocket
internal import Synchronization
internal import Testing

@testable internal import Transport

@Suite("Buffers between the event loop and its tasks", .timeLimit(.minutes(5)))
struct BufferTests {
    private let overhead = TransportLimits.messageOverheadByteCount

    @Test("reading pauses at the bound and goes on at half of it")
    func queueBound() async throws {
        let resumed = Mutex(0)
        let queue = MessageQueue(capacity: 4 * overhead) { resumed.withLock { $0 += 1 } }
        #expect(queue.append([[], [], []]) == false)
        #expect(queue.append([[]]) == true)
        #expect(queue.append([]) == true)
        _ = try await queue.next()
        #expect(resumed.withLock { $0 } == 0)
        _ = try await queue.next()
        #expect(resumed.withLock { $0 } == 1)
        #expect(queue.append([[1]]) == false)
        for _ in 0..<2 { _ = try await queue.next() }
        #expect(try await queue.next() == [1])
        #expect(resumed.withLock { $0 } == 1)
    }

    @Test("what waits is taken at once, and lets reading go on")
    func takeWaiting() async throws {
        let resumed = Mutex(0)
        let queue = MessageQueue(capacity: 3 * overhead) { resumed.withLock { $0 += 1 } }
        #expect(queue.takeWaiting() == [])
        #expect(queue.append([[1], [2], [3]]) == true)
        #expect(try await queue.next() == [1])
        #expect(queue.takeWaiting() == [[2], [3]])
        #expect(resumed.withLock { $0 } == 1)
        #expect(queue.takeWaiting() == [])
        #expect(queue.append([[4]]) == false)
        #expect(try await queue.next() == [4])
        _ = queue.append([[5], [6]])
        queue.finish(.success(()), discarding: false)
        #expect(queue.takeWaiting() == [[5], [6]])
        #expect(try await queue.next() == nil)
        #expect(resumed.withLock { $0 } == 1)
    }

    @Test("what is left is read before the end, and not after a discarding end")
    func queueEnds() async throws {
        let error = TransportError(.connectionLost, "")
        let queue = MessageQueue(capacity: 1_000) {}
        _ = queue.append([[1], [2], [3]])
        queue.finish(.failure(error), discarding: false)
        queue.finish(.success(()), discarding: false)
        #expect(queue.append([[9]]) == false)
        #expect(try await queue.next() == [1])
        queue.finish(.success(()), discarding: true)
        #expect(try await queue.next() == nil)
        #expect(try await queue.next() == nil)
    }

    @Test("a waiting reader gets a message, an end, or its cancellation")
    func queueReader() async throws {
        let queue = MessageQueue(capacity: 1_000) {}
        async let first = queue.next()
        _ = queue.append([[1], [2]])
        #expect(try await first == [1])
        #expect(try await queue.next() == [2])
        let task = Task { try await queue.next() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let last = Task { try await queue.next() }
        queue.finish(.failure(TransportError(.connectionLost, "")), discarding: false)
        await #expect(throws: TransportError(.connectionLost, "")) { try await last.value }
    }

    @Test("a message that lands while its reader comes to wait still lets reading go on")
    func queueWakeUp() async throws {
        // Each message alone is above the bound, so each that waits pauses the socket and its reader must resume it.
        let message = [UInt8](repeating: 1, count: 300_000)
        let count = 50_000
        let resumed = Mutex(0)
        let queue = MessageQueue(capacity: 262_144) { resumed.withLock { $0 += 1 } }
        let reader = Task {
            var read = 0
            while let next = try await queue.next() { read += next.count == message.count ? 1 : 0 }
            return read
        }
        var paused = 0
        sending: for sent in 0..<count {
            if queue.append([message]) { paused += 1 }
            let deadline = ContinuousClock.now + .seconds(10)
            while resumed.withLock({ $0 }) < paused {
                guard ContinuousClock.now < deadline else {
                    Issue.record("not resumed after pause \(paused), at message \(sent)")
                    break sending
                }
                await Task.yield()
            }
        }
        queue.finish(.success(()), discarding: false)
        #expect(try await reader.value == count)
        #expect(resumed.withLock { $0 } == paused)
    }

    @Test(
        "newer connections are refused from the bound on, one in each penalty is not, and one warning a window"
    )
    func replacementHistory() {
        var limits = TransportLimits()
        limits.flappingCount = 3
        limits.flappingWindow = .seconds(60)
        limits.flappingPenalty = .seconds(10)
        var history = ReplacementHistory()
        // Time, refused, replacements in the window, warned.
        let steps: [(Int, Bool, Int, Bool)] = [
            (0, false, 1, false), (1, false, 2, false), (2, false, 3, true), (3, true, 3, false),
            (11, true, 3, false), (12, false, 3, false), (13, true, 3, false), (21, true, 3, false),
            (22, false, 3, false), (61, false, 3, false), (62, true, 3, true), (63, true, 3, false),
            // All but the last have left the window, then that one too.
            (100, false, 2, false), (101, false, 3, false), (105, true, 3, false), (200, false, 1, false),
        ]
        for (second, isRefused, count, mustWarn) in steps {
            let decision = history.decide(at: .seconds(second), limits: limits)
            let expected = ReplacementHistory.Decision(
                isRefused: isRefused, replacementCount: count, mustWarn: mustWarn)
            #expect(decision == expected, "at \(second) s")
        }
    }

    @Test("by default an honest site may replace its session each twelve seconds for ever")
    func honestReplacements() {
        let limits = TransportLimits()
        var history = ReplacementHistory()
        for second in stride(from: 0, to: 600, by: 12) {
            #expect(!history.decide(at: .seconds(second), limits: limits).isRefused, "at \(second) s")
        }
        #expect(limits.flappingPenalty <= .seconds(12))
    }

    @Test("senders wait at the bound, in order, and one may be larger when alone")
    func windowBound() async throws {
        let window = SendWindow(capacity: 100)
        try await window.reserve(99)
        try await window.reserve(1)
        let order = Mutex<[Int]>([])
        async let second: Void = {
            try await window.reserve(500)
            order.withLock { $0.append(2) }
            window.release(500)
        }()
        window.release(1)
        window.release(99)
        try await second
        #expect(order.withLock { $0 } == [2])
        try await window.reserve(100)
        let waiting = Task { try await window.reserve(1) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        let closed = Task { try await window.reserve(1) }
        window.close(TransportError(.connectionLost, ""))
        await #expect(throws: TransportError(.connectionLost, "")) { try await closed.value }
        await #expect(throws: TransportError(.connectionLost, "")) { try await window.reserve(1) }
    }

    @Test("masking agrees with NIO's at every length up to three words")
    func mask() {
        let key: WebSocketMaskingKey = [0x37, 0xFA, 0x21, 0x3D]
        for count in 0...26 {
            var bytes = (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + 1) }
            var reference = ByteBuffer(bytes: bytes)
            reference.webSocketMask(key)
            bytes.withUnsafeMutableBytes { FrameMask.apply(key, to: $0) }
            #expect(bytes == [UInt8](buffer: reference), "length \(count)")
        }
    }

    @Test("a server's frame has the header of RFC 6455 for its length", arguments: [0, 125, 126, 65_535])
    func header(count: Int) {
        let payload = [UInt8](repeating: 5, count: count)
        let frame = FrameWriter(role: .server, allocator: ByteBufferAllocator()).frame(
            .binary, payload: payload)
        let expected: [UInt8] =
            count < 126 ? [0x82, UInt8(count)] : [0x82, 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        #expect([UInt8](buffer: frame) == expected + payload)
        #expect(expected.count == FrameWriter.headerByteCount(payload: count, masked: false))
    }

    @Test("lines over the rate are counted into the next one")
    func logWindow() {
        var log = LogWindow()
        #expect(log.admit(at: .seconds(10), limit: 2) == 0)
        #expect(log.admit(at: .seconds(10), limit: 2) == 0)
        #expect(log.admit(at: .seconds(10), limit: 2) == nil)
        #expect(log.admit(at: .milliseconds(10_999), limit: 2) == nil)
        #expect(log.admit(at: .seconds(11), limit: 2) == 2)
    }

    @Test("a peer's words are quoted short and printable")
    func quoting() {
        #expect(WireVersion.quoted("") == "nothing")
        #expect(WireVersion.quoted("a\u{1B}[31m\u{E9}") == "a?[31m?")
        #expect(WireVersion.quoted(String(repeating: "a", count: 64)) == String(repeating: "a", count: 64))
        #expect(
            WireVersion.quoted(String(repeating: "a", count: 65)) == String(repeating: "a", count: 64) + "..."
        )
    }
}
