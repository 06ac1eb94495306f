/// Bounds of what a service tells its manager.
package enum ServiceProcessLimits {
    /// Longest time between two states that are told.
    package static let reportInterval = Duration.seconds(10)
    /// Shortest time between two states that are told, however short the watchdog is.
    package static let minimumReportInterval = Duration.milliseconds(10)
    /// Longest wait for a manager that does not read.
    package static let sendTimeout = Duration.seconds(1)
    /// Bytes of a socket's name: `sun_path`.
    package static let socketNameByteCount = 108
}
