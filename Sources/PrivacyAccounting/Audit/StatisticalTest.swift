/// What a test of recorded numbers against a claim gave.
package struct StatisticalTest: Sendable, Equatable {
    /// What is tested.
    package let name: String
    /// The probability, if the claim holds, of what was seen or worse; the smallest of ``count`` ones.
    package let pValue: Double
    /// How many tests this is the smallest p value of.
    package let count: Int
    /// Which one of them that is, from 0; nil where there is one.
    package let place: Int?

    /// Creates the outcome of one test.
    package init(_ name: String, pValue: Double) {
        self.init(name, pValue: pValue, count: 1, place: nil)
    }

    private init(_ name: String, pValue: Double, count: Int, place: Int?) {
        self.name = name
        // Numbers so far from any claim that a statistic is none have no probability.
        self.pValue = pValue.isNaN ? 0 : pValue
        self.count = count
        self.place = place
    }

    /// Creates the outcome of several tests, by the smallest of their p values; nil for none.
    package init?(_ name: String, pValues: [Double]) {
        let pValues = pValues.map { $0.isNaN ? 0 : $0 }
        guard let smallest = pValues.min() else { return nil }
        self.init(
            name, pValue: smallest, count: pValues.count, place: pValues.firstIndex(of: smallest))
    }
}
