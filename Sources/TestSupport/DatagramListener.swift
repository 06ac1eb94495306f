internal import Dispatch
internal import Glibc
internal import Synchronization

/// A datagram socket of a test's own, as a service manager has one.
package final class DatagramListener: Sendable {
    /// How a sender names the socket: a path, or `@` and an abstract name.
    package let name: String
    /// What has come so far.
    package let messages = Observed<[String]>([])
    private let source: Mutex<any DispatchSourceRead>

    /// Why a socket cannot be had.
    package struct Failure: Error {
        package let call: String
        package let number: Int32
    }

    /// Binds the socket.
    ///
    /// - Parameter name: An absolute path where nothing is, or `@` and an abstract name.
    package init(_ name: String) throws {
        self.name = name
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard result == 0 else {
            let number = errno
            close(descriptor)
            throw Failure(call: "bind", number: number)
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler { [messages] in
            // More than any message has.
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return }
            let message = String(decoding: buffer[..<count], as: UTF8.self)
            messages.update { $0.append(message) }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        self.source = Mutex(source)
    }

    deinit { source.withLock { $0.cancel() } }

    /// Waits for a message that satisfies `predicate`; returns the first.
    package func message(where predicate: @Sendable (String) -> Bool) async throws -> String {
        let messages = try await messages.wait { $0.contains(where: predicate) }
        return messages.first(where: predicate) ?? ""
    }
}
