internal import FoundationEssentials
internal import Glibc

/// What this process has used of the machine.
enum ProcessUse {
    /// Processor time of all threads, in user and kernel mode.
    static var processorSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Resident memory.
    static var residentByteCount: Int {
        get throws {
            let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            guard fields.count > 1, let pageCount = Int(fields[1]) else {
                throw StateBenchmarkError("/proc/self/statm has another form than known")
            }
            return pageCount * sysconf(Int32(_SC_PAGESIZE))
        }
    }
}
