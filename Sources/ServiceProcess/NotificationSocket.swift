internal import Glibc

/// The datagram socket on which a service manager hears from its services.
struct NotificationSocket: Sendable {
    /// `sun_path`: a path, or an abstract name, which begins with a zero byte.
    private let name: [UInt8]

    /// Creates the sender to a socket named as in `NOTIFY_SOCKET`: an absolute path, or `@` and an abstract name.
    ///
    /// - Returns: nil for any other name, and for one that is longer than a socket's name can be.
    init?(_ name: String) {
        var bytes = Array(name.utf8)
        guard (2...ServiceProcessLimits.socketNameByteCount).contains(bytes.count), !bytes.contains(0) else {
            return nil
        }
        switch bytes[0] {
        case UInt8(ascii: "/"): break
        case UInt8(ascii: "@"): bytes[0] = 0
        default: return nil
        }
        self.name = bytes
    }

    /// Sends one datagram.
    ///
    /// Where the manager does not read, this waits for ``ServiceProcessLimits/sendTimeout`` at most.
    ///
    /// - Returns: What went wrong; nil where nothing did.
    func send(_ message: String) -> String? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return failure("socket") }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: Int(ServiceProcessLimits.sendTimeout.components.seconds), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size) == 0 else {
            return failure("setsockopt")
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        // An abstract name has as many bytes as the length says: the zeros after it do not belong to it.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(message.utf8)
        let count = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), peer, length)
            }
        }
        return count == bytes.count ? nil : failure("sendto")
    }

    private func failure(_ call: String) -> String {
        unsafe "\(call): \(String(cString: strerror(errno)))"
    }
}
