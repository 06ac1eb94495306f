/// Bounds of what a service tells its manager.
package enum ServiceProcessLimits {
    /// Longest time between two states that are told.
    package static let reportInterval = Duration.seconds(10)
    /// Shortest time between two states that are told, however short the watchdog is.
    package static let minimumReportInterval = Duration.milliseconds(10)
    /// Longest wait for a manager that does not read.
    package static let sendTimeout = Duration.seconds(1)
    /// Free bytes at an arena's end that stay with the process.
    package static let keptByteCount: Int32 = 32 << 20
    /// Blocks from this size on come from the kernel, and go back to it, one by one.
    package static let mappedBlockByteCount: Int32 = 4 << 20
    /// Bytes of a socket's name: `sun_path`.
    package static let socketNameByteCount = 108
}
