internal import Glibc
internal import Reporting

/// What every process tells of itself, under the names that Prometheus's own clients use.
///
/// - SeeAlso: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
package struct ProcessMetrics: Sendable {
    /// When this process began, in seconds since 1970-01-01.
    package let startTime: Double

    /// Remembers the moment; create it where the process begins.
    package init() {
        startTime = Double(Timestamp.now().millisecondsSinceEpoch) / 1_000
    }

    /// Writes the version and what the system says of this process now; what it does not say is left out.
    package func write(to metrics: inout MetricsText) {
        metrics.add(
            .gauge, "atoll_build_info", "The version of this program; always 1.",
            [MetricsText.Sample([("version", AtollVersion.current)], 1)])
        if let byteCount = Self.residentByteCount {
            metrics.add(.gauge, "process_resident_memory_bytes", "Resident memory.", byteCount)
        }
        metrics.add(
            .counter, "process_cpu_seconds_total", "Processor time, user and system.", Self.cpuSeconds)
        metrics.add(
            .gauge, "process_start_time_seconds", "When the process began, since the Unix epoch.", startTime)
    }

    /// Bytes of memory that are in use; nil where the system does not say.
    package static var residentByteCount: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = fread(&buffer, 1, buffer.count, file)
        let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pageCount = Int(fields[1]) else { return nil }
        return pageCount * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Seconds of processor time used so far.
    package static var cpuSeconds: Double {
        var time = timespec()
        // Cannot fail: the clock exists and the address is good.
        _ = clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
