internal import Federation
internal import Logging
internal import Transport

/// Logs what befalls the study; of what sites bring about at will, a bounded number of lines a site and second.
struct SiteLog {
    private let logger: Logger
    private let owners: [TaskName: SiteName]
    private var windows: [SiteName: LogWindow] = [:]

    init(plan: StudyPlan, logger: Logger) {
        self.logger = logger
        owners = Dictionary(uniqueKeysWithValues: plan.tasks.map { ($0.name, $0.owner) })
    }

    /// Logs a note, or counts it into the site's next line.
    ///
    /// - Parameter now: Time since an arbitrary start, never falling.
    mutating func log(_ note: AggregatorNote, at now: Duration) {
        guard let site = site(of: note) else {
            logger.log(note)
            return
        }
        admit(site, at: now)?.log(note)
    }

    /// Logs that a connection is closed because its answers are not read.
    mutating func logUnread(by site: SiteName, bound byteCount: Int, at now: Duration) {
        admit(site, at: now)?.warning(
            "a peer does not read its answers; its connection is closed",
            metadata: ["site": "\(site)", "bound": "\(byteCount) bytes"])
    }

    /// The logger of a line that `site` brings about; nil where there were too many of them in this second.
    private mutating func admit(_ site: SiteName, at now: Duration) -> Logger? {
        let limit = AggregatorLimits.siteLogLinesPerSecond
        guard let suppressed = windows[site, default: LogWindow()].admit(at: now, limit: limit) else {
            return nil
        }
        var logger = logger
        if suppressed > 0 { logger[metadataKey: "suppressed"] = "\(suppressed)" }
        return logger
    }

    /// The site that can repeat the note as often as it likes; nil for what happens once, or by itself.
    private func site(of note: AggregatorNote) -> SiteName? {
        switch note {
        case .joined(let site, _), .left(let site), .refused(let site, _), .refusedTooOften(let site),
            .ledgerChanged(let site):
            site
        case .sequenceGap(let task, _, _), .siteBehind(let task, _, _), .duplicate(let task, _),
            .abandoned(let task), .resumed(let task), .spent(let task):
            owners[task]
        case .absent, .stopped, .fetched, .keyRemoved, .keyReturned, .gammaChanged, .stepsShortened,
            .etaChosen, .regularizerValue:
            nil
        }
    }
}
