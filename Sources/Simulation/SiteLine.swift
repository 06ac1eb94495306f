/// One direction of a site's line, on which a message begins when the one before has left.
struct SiteLine {
    /// When the last byte that was put on it has left.
    private var freeAt = Duration.zero

    /// Puts a message on the line, and returns when its last byte has left.
    ///
    /// - Parameters:
    ///   - time: When it may begin; not before the messages that were put on the line earlier.
    ///   - bytesPerSecond: nil for a line that takes no time.
    mutating func send(_ byteCount: Int, at time: Duration, bytesPerSecond: Double?) -> Duration {
        guard let bytesPerSecond else { return time }
        freeAt = max(freeAt, time) + .seconds(Double(byteCount) / bytesPerSecond)
        return freeAt
    }
}
