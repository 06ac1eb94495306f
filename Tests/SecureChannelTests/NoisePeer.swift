internal import Foundation

/// The other implementation, running as its own process: lines of a word and hexadecimal bytes over pipes.
final class NoisePeer {
    /// The Python that has the other implementation; nil where it is not installed.
    static let python = ProcessInfo.processInfo.environment["ATOLL_NOISE_PEER_PYTHON"]

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer: [UInt8] = []
    /// The peer's static public key.
    private(set) var publicKey: [UInt8] = []

    init(role: String, presharedKey: [UInt8]?) throws {
        guard let python = NoisePeer.python else { throw Failure(description: "no Python is named") }
        let script = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("../../scripts/noise-peer/peer.py")
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script.path, role, presharedKey.map(NoisePeer.hex) ?? "-"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        publicKey = try receive("key")
    }

    deinit {
        // The end of its input ends the peer.
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func send(_ word: String, _ bytes: [UInt8] = []) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(word) \(NoisePeer.hex(bytes))\n".utf8))
    }

    /// Waits for the peer's next line, which must begin with `word`, and returns its bytes.
    func receive(_ word: String) throws -> [UInt8] {
        let fields = try line().split(separator: " ", maxSplits: 1).map(String.init)
        let digits = (fields.count > 1 ? fields[1] : "").compactMap(\.hexDigitValue).map { UInt8($0) }
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        guard fields.first == word else {
            // An error's bytes are its text.
            let text = fields.first == "error" ? String(decoding: bytes, as: UTF8.self) : ""
            throw Failure(description: "the peer said \(fields.first ?? "nothing") \(text), expected \(word)")
        }
        return bytes
    }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else {
                throw Failure(description: "the peer has ended; see its standard error")
            }
            buffer += more
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
