internal import Configuration
package import Federation
internal import FoundationEssentials
package import Simulation

/// Laws of delays as `atoll simulate` takes them: `LAW` for all sites, or `SITE=LAW` for one.
package struct DelayLawText: Sendable {
    /// What may stand there, for help and errors.
    package static let grammar =
        "10ms (constant), 5s+2s (offset and mean of an exponential part), pareto:10ms,1.5 (minimum and shape of a "
        + "heavy tail), or a file.csv (recorded, a column `seconds`)"

    /// nil for all sites.
    package let site: SiteName?
    package let law: DelayLaw

    /// Reads a law.
    ///
    /// - Throws: ``CommandError`` `unusableInput` naming the text and what is allowed.
    package init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        site = parts.count == 2 ? SiteName(String(parts[0])) : nil
        let law = String(parts[parts.count - 1])
        if law.hasSuffix(".csv") {
            self.law = .trace(try Self.trace(path: law))
        } else if let read = Self.law(law) {
            self.law = read
        } else {
            throw CommandError(.unusableInput, "'\(text)' is no law of delays; allowed: \(Self.grammar)")
        }
    }

    private static func law(_ text: String) -> DelayLaw? {
        if let rest = text.remainder(after: "pareto:") {
            let numbers = rest.split(separator: ",", omittingEmptySubsequences: false)
            guard numbers.count == 2, let minimum = DurationText.duration(String(numbers[0])),
                let shape = Double(numbers[1]), shape.isFinite, shape > 0
            else { return nil }
            return .pareto(minimum: minimum, shape: shape)
        }
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        let durations = parts.compactMap { DurationText.duration(String($0)) }
        guard durations.count == parts.count else { return nil }
        switch durations.count {
        case 1: return .constant(durations[0])
        case 2: return .offsetExponential(offset: durations[0], mean: durations[1])
        default: return nil
        }
    }

    /// Reads the column `seconds`, the only one.
    private static func trace(path: String) throws -> [Duration] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.unusableInput, "\(path): the file is not there or cannot be read")
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.first == "seconds", lines.count > 1 else {
            throw CommandError(
                .unusableInput, "\(path): allowed: a line `seconds`, then one number of seconds a line")
        }
        return try lines.dropFirst().enumerated().map { index, line in
            guard let seconds = Double(line), (0...SimulateLimits.tracedSeconds).contains(seconds)
            else {
                throw CommandError(
                    .unusableInput,
                    "\(path), line \(index + 2): got '\(line)'; allowed: a number of seconds from 0 to "
                        + "\(SimulateLimits.tracedSeconds)")
            }
            return .seconds(seconds)
        }
    }
}

extension String {
    /// Returns what follows `prefix`; nil where it is not there.
    fileprivate func remainder(after prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
