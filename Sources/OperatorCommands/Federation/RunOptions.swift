package import ArgumentParser
internal import Glibc
internal import LocalFederation
internal import Logging
internal import Reporting
internal import SecureChannel

/// The options of commands that run a federation on this machine.
package struct RunOptions: ParsableArguments {
    @Option(help: "The folder of `atoll-aggregator` and `atoll-site` (default: this program's own).")
    package var programs: String?

    @Option(help: "The folder under which runs are kept.")
    package var runs = "runs"

    @Option(help: "Columns that a site may hold unanswered at once: 1 to 64.")
    package var inFlight = 1

    package init() {}

    package func validate() throws {
        guard (1...64).contains(inFlight) else {
            throw ValidationError("--in-flight must be from 1 to 64, got \(inFlight)")
        }
    }

    /// Refuses a number of site processes, or a name of a run's folder, that cannot be.
    static func check(sites: Int?, name: String?) throws {
        if let sites, !(1...LocalFederationLimits.siteCount).contains(sites) {
            throw ValidationError(
                "--sites must be from 1 to \(LocalFederationLimits.siteCount), got \(sites)")
        }
        if let name, !PublicIdentity.isValidName(name) {
            throw ValidationError(
                "--name must be 1 to 64 letters, digits, -, _ or ., not beginning with a dot, got '\(name)'")
        }
    }

    var programFolder: String { programs ?? ProgramFolder.ofThisProcess() }

    /// The absolute folder of the run `name`, or of the first free of `name-2`, `name-3` and so on.
    func freeFolder(_ name: String) -> RunFolder {
        var number = 1
        while true {
            let folder = folder(number == 1 ? name : "\(name)-\(number)")
            if access(folder.path, F_OK) != 0 { return folder }
            number += 1
        }
    }

    /// The absolute folder of the run `name`.
    func folder(_ name: String) -> RunFolder {
        guard !runs.hasPrefix("/") else { return RunFolder("\(runs)/\(name)") }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let current = getcwd(&buffer, buffer.count).map { String(cString: $0) } ?? "."
        return RunFolder("\(current)/\(runs)/\(name)")
    }
}
