internal import Glibc

/// What the kernel says of a process.
struct ProcessUsage: Sendable {
    /// Processor time in user and kernel mode, all threads.
    let seconds: Double
    let residentByteCount: Int

    /// Reads `/proc/<identifier>`.
    init(of identifier: Int32) throws {
        // The command, in parentheses, may hold spaces; the fields after it do not (proc(5)).
        let stat = try Self.text("/proc/\(identifier)/stat")
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        let memory = try Self.text("/proc/\(identifier)/statm").split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]),
            memory.count > 1, let pages = Int(memory[1])
        else { throw ThroughputError(.unreadable, "/proc/\(identifier)/stat has another form than known") }
        seconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        residentByteCount = pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// The text of a file of the kernel, whose size is not known beforehand.
    private static func text(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ThroughputError(.unreadable, "\(path) is not there: the process is gone")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: ThroughputLimits.chunkByteCount)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
