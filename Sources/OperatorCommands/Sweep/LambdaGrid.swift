internal import Glibc
internal import Reporting

/// The values of lambda that are tried: distinct, ascending.
package struct LambdaGrid: Sendable, Equatable {
    /// From 1 to ``SweepLimits/lambdaCount`` finite values of at least 0.
    package let values: [Double]

    /// What may stand there, for help and errors.
    package static let grammar =
        "numbers of at least 0 and logarithmic grids A..B:N (N values from A to B, 0 < A < B, N at least 2) between "
        + "commas, in all at most \(SweepLimits.lambdaCount), such as 1,10,100 or 1..1000:7"

    /// Reads `1,10,100`, `1..1000:7`, or both between commas; a value that comes twice is tried once.
    ///
    /// A grid's values are rounded to ``SweepLimits/lambdaDigits`` significant digits; its ends are as they were given.
    ///
    /// - Throws: ``CommandError`` `unusableInput` naming the part that is none, and what is allowed.
    package init(_ text: String) throws {
        var values: Set<Double> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = part.drop(while: \.isWhitespace)
            if let range = part.firstRange(of: "..") {
                values.formUnion(try Self.grid(part[..<range.lowerBound], part[range.upperBound...], part))
            } else if let value = Self.number(part), value >= 0 {
                // Not the negative zero.
                values.insert(value + 0)
            } else {
                throw Self.refusal(part)
            }
            guard values.count <= SweepLimits.lambdaCount else {
                throw CommandError(
                    .unusableInput,
                    "--lambda '\(text)' has more than \(SweepLimits.lambdaCount) values; each costs a whole federation, "
                        + "so try fewer, and then more around the best")
            }
        }
        self.values = values.sorted()
    }

    /// The grid around a study's own lambda.
    ///
    /// - Throws: ``CommandError`` `unusableInput` where that is 0.
    package init(around lambda: Double) throws {
        let (lower, upper) = (lambda / SweepLimits.defaultReach, lambda * SweepLimits.defaultReach)
        guard lower > 0, upper.isFinite else {
            throw CommandError(
                .unusableInput,
                "the study's lambda is \(lambda), which no grid can be put around; give one with --lambda, such as "
                    + "--lambda 0.01..100:5")
        }
        values = Self.logarithmic(from: lower, to: upper, count: SweepLimits.defaultCount)
    }

    /// A value as texts and names of folders have it: shortest, exact, without a `.0`.
    package static func text(_ lambda: Double) -> String {
        let text = "\(lambda)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func grid(
        _ lower: Substring, _ rest: Substring, _ part: Substring
    ) throws -> [Double] {
        let ends = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = number(lower), let last = number(ends[0]),
            let count = Int(ends[1]), first > 0, first < last,
            (2...SweepLimits.lambdaCount).contains(count)
        else { throw refusal(part) }
        let values = logarithmic(from: first, to: last, count: count)
        guard Set(values).count == count, values == values.sorted() else {
            throw CommandError(
                .unusableInput,
                "--lambda: the values of '\(part)' do not differ in \(SweepLimits.lambdaDigits) digits; write a wider "
                    + "grid, or fewer values")
        }
        return values
    }

    private static func logarithmic(from first: Double, to last: Double, count: Int) -> [Double] {
        (0..<count).map { index in
            if index == 0 { return first }
            if index == count - 1 { return last }
            let part = Double(index) / Double(count - 1)
            let value = exp((1 - part) * log(first) + part * log(last))
            return Double(NumberText.significant(value, digits: SweepLimits.lambdaDigits)) ?? value
        }
    }

    private static func number(_ text: Substring) -> Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    private static func refusal(_ part: Substring) -> CommandError {
        CommandError(.unusableInput, "--lambda: '\(part)' is none; allowed: \(grammar)")
    }
}
