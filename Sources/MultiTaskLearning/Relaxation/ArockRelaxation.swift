/// ARock's bound on a constant Krasnosel'skii-Mann factor under bounded delays.
///
/// With T columns, one of them chosen uniformly at random for each update whatever the delays, and a nonexpansive
/// operator, x <- x - factor * (x - operator(stale x)) converges almost surely for a constant factor of at most
/// c / (2 tau / sqrt(T) + 1), 0 < c < 1, where no update is staler than tau updates. The backward-forward operator is
/// such an operator for eta below 2 / L; so is twice the Douglas-Rachford step, which makes c half of its relaxation.
///
/// - SeeAlso: Peng, Xu, Yan, Yin, ARock (SIAM J. Sci. Comput. 2016); Baytas et al. 2016, theorem 1.
package enum ArockRelaxation {
    /// The c that runs and studies are judged by; the theorem holds for any above 0 and below 1.
    package static let c = 0.99

    /// Returns c / (2 tau / sqrt(T) + 1).
    ///
    /// - Parameter maximumDelay: tau, counted in updates, at least 0.
    /// - Parameter taskCount: T, at least 1.
    /// - Parameter c: Positive: below 1 for the bound, or a study's factor, which is divided as c is.
    package static func bound(maximumDelay: Int, taskCount: Int, c: Double) -> Double {
        precondition(maximumDelay >= 0, "a delay is not negative, got \(maximumDelay)")
        precondition(taskCount >= 1, "at least 1 task, got \(taskCount)")
        precondition(c > 0, "c is above 0, got \(c)")
        return c / (2 * Double(maximumDelay) / Double(taskCount).squareRoot() + 1)
    }
}
