/// A sum whose error does not grow with the number of its terms (Neumaier 1974).
struct CompensatedSum {
    private var sum = 0.0
    private var correction = 0.0
    /// The sum of the absolute values of the terms.
    private(set) var magnitude = 0.0

    /// The sum so far.
    var value: Double { sum + correction }

    /// Adds a term.
    mutating func add(_ term: Double) {
        let next = sum + term
        correction +=
            sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
        sum = next
        magnitude += term.magnitude
    }
}
