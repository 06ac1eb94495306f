internal import Reporting

/// Numbers as the tables of the document have them.
package enum Figures {
    /// Returns the middle one of values in order; of an even number, the larger of the two in the middle.
    ///
    /// - Parameter values: At least one; nil for what was not reached, which is larger than any number.
    package static func median(_ values: [Double?]) -> Double? {
        precondition(!values.isEmpty, "a median needs at least one value")
        let sorted = values.map { $0 ?? .infinity }.sorted()
        let middle = sorted[sorted.count / 2]
        return middle == .infinity ? nil : middle
    }

    /// Returns the largest value; nil where one was not reached.
    package static func worst(_ values: [Double?]) -> Double? {
        let largest = values.map { $0 ?? .infinity }.max() ?? .infinity
        return largest == .infinity ? nil : largest
    }

    /// Returns the mean and the sample standard deviation, 0 of a single value.
    package static func meanAndDeviation(_ values: [Double]) -> (mean: Double, deviation: Double) {
        precondition(!values.isEmpty, "a mean needs at least one value")
        let mean = values.reduce(0, +) / Double(values.count)
        guard values.count > 1 else { return (mean, 0) }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / Double(values.count - 1)).squareRoot())
    }

    static func count(_ value: Double?) -> String {
        value.map { NumberText.fixed($0, decimals: 0) } ?? "-"
    }

    /// `14 (15)`: the median and the worst.
    static func medianAndWorst(_ values: [Double?]) -> String {
        "\(count(median(values))) (\(count(worst(values))))"
    }

    /// Returns seconds with as many decimals as tell them apart.
    static func seconds(_ value: Double?) -> String {
        guard let value else { return "-" }
        return NumberText.fixed(value, decimals: value >= 1_000 ? 0 : value >= 100 ? 1 : value >= 1 ? 2 : 3)
    }

    static func ratio(_ numerator: Double?, _ denominator: Double?) -> String {
        guard let numerator, let denominator, denominator > 0 else { return "-" }
        return NumberText.fixed(numerator / denominator, decimals: 2)
    }

    /// `0.752 ± 0.004`: mean and sample deviation.
    static func meanText(_ values: [Double], decimals: Int) -> String {
        guard !values.isEmpty else { return "-" }
        let (mean, deviation) = meanAndDeviation(values)
        return
            "\(NumberText.fixed(mean, decimals: decimals)) ± \(NumberText.fixed(deviation, decimals: decimals))"
    }

    /// The smallest and the largest value, or the one.
    static func range(_ values: [Double]) -> String {
        guard let low = values.min(), let high = values.max() else { return "-" }
        let texts = [low, high].map { NumberText.significant($0, digits: 6) }
        return low == high ? texts[0] : "\(texts[0]) to \(texts[1])"
    }

    static func power(_ value: Double) -> String { NumberText.significant(value, digits: 3) }
}
