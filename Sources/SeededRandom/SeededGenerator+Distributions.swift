internal import Glibc

// The standard library's `Double.random(in:using:)` and `shuffled(using:)` may change between Swift
// versions; what a seed reproduces must not.
extension SeededGenerator {
    /// Returns a number uniform in [0, 1), a multiple of 2^-53.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Returns a standard normal number (Box and Muller 1958, the cosine branch).
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }

    /// Returns an integer uniform in `0 ..< bound` (Lemire 2019, section 4).
    ///
    /// - Parameter bound: At least 1.
    package mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "integer(below:) takes a bound of at least 1, got \(bound)")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// Returns the elements in an order drawn uniformly (Fisher and Yates).
    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        var remaining = result.count
        while remaining > 1 {
            let chosen = integer(below: remaining)
            remaining -= 1
            result.swapAt(chosen, remaining)
        }
        return result
    }
}
