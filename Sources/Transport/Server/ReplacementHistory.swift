/// The latest replacements of one key's session: decides whether the next newer connection may take its place.
///
/// A few replacements are honest: a site whose network changed comes back before its old connection is noticed to
/// be dead. Two processes with one key replace each other for ever, as fast as they can connect. So after
/// ``TransportLimits/flappingCount`` replacements within ``TransportLimits/flappingWindow`` there is at most one
/// in each ``TransportLimits/flappingPenalty``, and an honest site waits no longer than that. A connection that
/// finds no live session of its key replaces none and is never refused.
struct ReplacementHistory {
    /// What becomes of a newer connection.
    struct Decision: Equatable {
        /// Whether the older session stays and the newer connection is closed.
        var isRefused: Bool
        /// Replacements within the window, this one included.
        var replacementCount: Int
        /// Whether to warn of flapping: at most once in a window.
        var mustWarn: Bool
    }

    /// Times of replacements, oldest first; at most ``TransportLimits/flappingCount``.
    private var replacements: [Duration] = []
    private var lastWarning: Duration?

    /// Decides on a newer connection that meets a live session of its key.
    ///
    /// - Parameter now: time since an arbitrary start, never falling.
    mutating func decide(at now: Duration, limits: TransportLimits) -> Decision {
        replacements.removeAll { now - $0 >= limits.flappingWindow }
        let isRefused =
            replacements.count >= limits.flappingCount
            && replacements.last.map { now - $0 < limits.flappingPenalty } ?? false
        if !isRefused {
            replacements.append(now)
            // As many as tell that the bound is reached.
            replacements = replacements.suffix(limits.flappingCount)
        }
        let isFlapping = replacements.count >= limits.flappingCount
        let mustWarn = isFlapping && lastWarning.map { now - $0 >= limits.flappingWindow } ?? true
        if mustWarn { lastWarning = now }
        return Decision(isRefused: isRefused, replacementCount: replacements.count, mustWarn: mustWarn)
    }
}
