internal import Glibc
internal import Testing

/// A datagram socket that nobody reads, and that takes no more.
struct DeafSocket: ~Copyable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
        let sender = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(sender) }
        let results = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                (bind(descriptor, $0, length), connect(sender, $0, length))
            }
        }
        try #require(results == (0, 0))
        while send(sender, [0], 1, Int32(MSG_DONTWAIT)) == 1 {}
        try #require(errno == EAGAIN)
    }

    deinit { close(descriptor) }
}
