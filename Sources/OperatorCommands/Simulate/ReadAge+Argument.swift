internal import ArgumentParser
package import Simulation

/// `none`, `uniform:0..139` or `overlapping:0..139`.
extension ArrivalSimulation.ReadAge: ExpressibleByArgument {
    package init?(argument: String) {
        if argument == "none" {
            self = .none
            return
        }
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let range = parts[1].firstRange(of: ".."),
            let lower = Int(parts[1][..<range.lowerBound]), let upper = Int(parts[1][range.upperBound...]),
            0 <= lower, lower <= upper, upper <= SimulateLimits.readAge
        else { return nil }
        switch parts[0] {
        case "uniform": self = .uniform(lower...upper)
        case "overlapping": self = .overlapping(lower...upper)
        default: return nil
        }
    }

    /// As it is given on the command line.
    package var defaultValueDescription: String { text }

    var text: String {
        switch self {
        case .none: "none"
        case .uniform(let ages): "uniform:\(ages.lowerBound)..\(ages.upperBound)"
        case .overlapping(let ages): "overlapping:\(ages.lowerBound)..\(ages.upperBound)"
        }
    }
}
