internal import Federation
internal import Logging

extension Logger {
    /// Logs what an operator may want to know.
    func log(_ note: AggregatorNote) {
        switch note {
        case .joined(let site, let taskCount):
            info("a site joined", metadata: ["site": "\(site)", "tasks": "\(taskCount)"])
        case .left(let site):
            info("a site left", metadata: ["site": "\(site)"])
        case .refused(let site, let refusal):
            warning(
                "refused",
                metadata: [
                    "site": "\(site)", "code": "\(refusal.code)", "reason": "\(refusal.message)",
                ])
        case .sequenceGap(let task, let expected, let taken):
            warning(
                "a site's counter is ahead; its number is taken",
                metadata: ["task": "\(task)", "expected": "\(expected)", "taken": "\(taken)"])
        case .siteBehind(let task, let expected, let joined):
            warning(
                joined == 0
                    ? "a site came without its state, and had one: it goes on with our numbers"
                    : "a site's counter is behind: its state is older than ours",
                metadata: ["task": "\(task)", "expected": "\(expected)", "joined": "\(joined)"])
        case .duplicate(let task, let sequence):
            info(
                "a duplicate was answered and not applied",
                metadata: ["task": "\(task)", "sequence": "\(sequence)"])
        case .absent(let tasks, let round):
            warning(
                "the round goes on without these tasks",
                metadata: ["tasks": "\(tasks.map(\.rawValue).joined(separator: ","))", "round": "\(round)"])
        case .stopped(let phase, let version):
            notice(
                "the study stopped",
                metadata: ["phase": "\(phase.name)", "reason": "\(phase.reason)", "version": "\(version)"])
        case .abandoned(let task):
            warning("a site gave a task up; its column stays as it is", metadata: ["task": "\(task)"])
        case .resumed(let task):
            notice("a site takes a task up again", metadata: ["task": "\(task)"])
        case .spent(let task):
            notice(
                "a task's budget or number of releases is spent; its column stays until the end",
                metadata: ["task": "\(task)"])
        case .ledgerChanged(let site):
            warning(
                "a site brought another privacy ledger than before; is it of another data set?",
                metadata: ["site": "\(site)"])
        case .keyRemoved(let site):
            warning(
                "a site's key is gone; its columns stay as they are, and nobody waits for it",
                metadata: ["site": "\(site)"])
        case .keyReturned(let site):
            notice("a site's key is back", metadata: ["site": "\(site)"])
        case .refusedTooOften(let site):
            error(
                "a connection is closed after too many refusals, duplicates, joins or abandonments",
                metadata: ["site": "\(site)"])
        case .gammaChanged(let gamma, let epoch):
            info("gamma was changed", metadata: ["gamma": "\(gamma)", "changes": "\(epoch)"])
        case .etaChosen(let eta, let epoch, let absent):
            notice(
                epoch == 0 ? "eta was chosen" : "eta was lowered",
                metadata: [
                    "eta": "\(eta)", "lowered": "\(epoch)",
                    "without": "\(absent.map(\.rawValue).joined(separator: ","))",
                ])
        case .stepsShortened(let mode):
            warning(
                "the residual grew or hardly fell: steps are without inertia, or shorter, from now on",
                metadata: ["mode": "\(mode)"])
        case .regularizerValue(let value, let version):
            debug(
                "lambda times the regularizer at an epoch's end",
                metadata: ["value": "\(value)", "version": "\(version)"])
        case .fetched(let task):
            debug("a final column was fetched", metadata: ["task": "\(task)"])
        }
    }
}
