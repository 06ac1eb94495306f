internal import Glibc

/// The range of an axis, its ticks, and where values stand on it.
struct PlotAxis {
    /// A marked value.
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    let scale: PlotScale
    let lower: Double
    let upper: Double
    let ticks: [Tick]

    /// Makes an axis that shows all of the given values that it can show.
    ///
    /// - Parameters:
    ///   - startsAtZero: Whether a linear axis reaches to zero, as bars need it; else it does where the values
    ///     come near zero.
    ///   - isWidenedToTicks: Whether the axis ends at ticks.
    ///   - counts: Whether only whole numbers are marked.
    ///   - tickCount: About how many ticks there are.
    init(
        showing values: some Sequence<Double>, scale: PlotScale = .linear, startsAtZero: Bool = false,
        isWidenedToTicks: Bool = false, counts: Bool = false, tickCount: Int = 5
    ) {
        self.scale = scale
        var low = Double.infinity
        var high = -Double.infinity
        for value in values where scale.shows(value) {
            low = min(low, value)
            high = max(high, value)
        }
        if low > high { (low, high) = scale == .linear ? (0, 1) : (0.1, 1) }
        switch scale {
        case .linear:
            if startsAtZero || (low > 0 && low < 0.3 * high) { low = min(low, 0) }
            if startsAtZero || (high < 0 && high > 0.3 * low) { high = max(high, 0) }
            // A range that rounding would fill with equal ticks is no range.
            let largest = max(low.magnitude, high.magnitude)
            if high - low <= max(1e-10 * largest, 1 / PlotLimits.magnitude) {
                let margin = largest <= 1 / PlotLimits.magnitude ? 1 : 0.1 * largest
                (low, high) = startsAtZero ? (0, 1) : (low - margin, high + margin)
            }
            let length = (high - low) / Double(max(tickCount, 1))
            let step = DecimalStep(atLeast: counts ? max(length, 1) : length)
            if isWidenedToTicks {
                low = (low / step.value + 1e-9).rounded(.down) * step.value
                high = (high / step.value - 1e-9).rounded(.up) * step.value
            }
            ticks = step.ticks(from: low, to: high)
        case .logarithmic:
            if high / low < 1.0001 { (low, high) = (low / 3, high * 3) }
            let margin = pow(high / low, 0.04)
            (low, high) = (low / margin, high * margin)
            ticks = Self.logarithmicTicks(from: low, to: high, tickCount: tickCount)
        }
        lower = low
        upper = high
    }

    /// Returns where a value stands: 0 at the lower end, 1 at the upper.
    func position(of value: Double) -> Double {
        switch scale {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic: log(value / lower) / log(upper / lower)
        }
    }

    /// Returns powers of ten; with their doubles and fivefolds where there are few; evenly spaced values where
    /// even those are less than two.
    private static func logarithmicTicks(from low: Double, to high: Double, tickCount: Int) -> [Tick] {
        let first = Int(log10(low).rounded(.down))
        let last = Int(log10(high).rounded(.up))
        let powers = (first...last).filter { contains(pow(10, Double($0)), low, high) }
        if powers.count > 2 {
            let stride = (powers.count + tickCount) / (tickCount + 1)
            let isPlain = powers.allSatisfy { (-3...4).contains($0) }
            return powers.filter { $0.isMultiple(of: stride) }.map {
                Tick(
                    value: pow(10, Double($0)),
                    label: isPlain
                        ? DecimalText.plain(1, exponent: $0) : DecimalText.powerOfTen($0))
            }
        }
        var ticks: [Tick] = []
        for power in first...last {
            for digit in [1, 2, 5] {
                let value = Double(digit) * pow(10, Double(power))
                guard contains(value, low, high) else { continue }
                let label =
                    (-3...4).contains(power)
                    ? DecimalText.plain(digit, exponent: power)
                    : digit == 1
                        ? DecimalText.powerOfTen(power)
                        : DecimalText.scientific(digit, exponent: power, power: power)
                ticks.append(Tick(value: value, label: label))
            }
        }
        if ticks.count >= 2 { return ticks }
        return DecimalStep(atLeast: (high - low) / Double(max(tickCount, 1))).ticks(from: low, to: high)
            .filter { $0.value > 0 }
    }

    private static func contains(_ value: Double, _ low: Double, _ high: Double) -> Bool {
        value >= low * (1 - 1e-12) && value <= high * (1 + 1e-12)
    }
}

/// A distance between ticks: 1, 2 or 5 times a power of ten.
struct DecimalStep {
    let digit: Int
    let exponent: Int

    /// The smallest such distance that is at least `length`, which is positive.
    init(atLeast length: Double) {
        var exponent = Int(log10(length).rounded(.down))
        var digit = 10
        let mantissa = length / pow(10, Double(exponent))
        for candidate in [1, 2, 5] where mantissa <= Double(candidate) * (1 + 1e-9) {
            digit = candidate
            break
        }
        if digit == 10 { (digit, exponent) = (1, exponent + 1) }
        self.digit = digit
        self.exponent = exponent
    }

    var value: Double { Double(digit) * pow(10, Double(exponent)) }

    /// Returns the multiples from one value to another, both ends included.
    func ticks(from low: Double, to high: Double) -> [PlotAxis.Tick] {
        let first = Int((low / value - 1e-9).rounded(.up))
        let last = Int((high / value + 1e-9).rounded(.down))
        guard first <= last else { return [] }
        let largest = max(first.magnitude, last.magnitude) * UInt(digit)
        let power = exponent + String(largest).count - 1
        return (first...last).map { multiple in
            let label =
                power >= 6 || exponent < -5
                ? DecimalText.scientific(multiple * digit, exponent: exponent, power: power)
                : DecimalText.plain(multiple * digit, exponent: exponent)
            return PlotAxis.Tick(value: Double(multiple) * value, label: label)
        }
    }
}
