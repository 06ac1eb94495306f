/// The largest deviation from expected numbers, and the first that exceeds its tolerance.
struct Deviation {
    private(set) var largest = 0.0
    private(set) var failure: String?

    /// Takes note of a deviation relative to `scale`, which may be 0 where the deviation is.
    mutating func note(_ what: String, _ deviation: Double, scale: Double, tolerance: Double) {
        let relative = deviation == 0 ? 0 : deviation.magnitude / scale
        // Not a number is worse than any.
        if !(relative <= largest) { largest = relative }
        if failure == nil, !(relative <= tolerance) {
            failure = "\(what) is off by \(relative), the tolerance is \(tolerance)"
        }
    }

    /// Takes note of a count that must be equal.
    mutating func require(_ what: String, _ count: Int, equals expected: Double) {
        if failure == nil, Double(count) != expected {
            failure = "\(what) is \(count), the vector says \(expected)"
        }
    }
}
