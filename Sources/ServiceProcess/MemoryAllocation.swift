internal import CMalloc
internal import Glibc

/// How glibc's allocator keeps memory.
///
/// By default it gives an arena's end back to the kernel as soon as 128 KiB of it are free, and takes blocks of 128 KiB
/// and more from the kernel one by one. A service whose messages are of that size has the same pages taken away and
/// zeroed again with every message: a fifth of the aggregator's processor time at 10,000 elements.
enum MemoryAllocation {
    /// Keeps what was freed, up to a bound, and has one arena a processor at most, for each keeps its own.
    static func configure() {
        _ = mallopt(M_TRIM_THRESHOLD, ServiceProcessLimits.keptByteCount)
        _ = mallopt(M_MMAP_THRESHOLD, ServiceProcessLimits.mappedBlockByteCount)
        _ = mallopt(M_ARENA_MAX, Int32(clamping: max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }
}
