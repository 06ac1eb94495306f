internal import Federation
internal import OperatorEndpoint
internal import Reporting
internal import Transport

/// The kinds of failure before authentication.
enum ServerFailure {
    /// Those that a server can meet, in a fixed order; a client's own are left out.
    static let allCodes: [TransportError.Code] = TransportError.Code.allCases.filter {
        ![.bindFailed, .connectFailed, .connectTimedOut, .upgradeRefused, .handshakeRefused].contains($0)
    }
}

extension StatusSnapshot {
    /// The metrics in the Prometheus text format.
    ///
    /// Labels are sites, up to ``AggregatorLimits/siteSeriesCount``, and fixed words: never tasks, nor anything that
    /// a peer can invent.
    func metrics() -> String {
        var metrics = MetricsText()
        writeStudy(to: &metrics)
        writeSites(to: &metrics)
        writeExchange(to: &metrics)
        process.write(to: &metrics)
        return metrics.text
    }

    private func writeStudy(to metrics: inout MetricsText) {
        metrics.add(
            .gauge, "atoll_study_info", "The study that is served; always 1.",
            [
                .init(
                    [
                        ("study", plan.name),
                        ("mode", plan.mode == .asynchronous ? "asynchronous" : "synchronous"),
                    ], 1)
            ]
        )
        metrics.add(
            .gauge, "atoll_study_phase", "1 for the phase that the study is in.",
            ["running", "finished", "ended"].map { .init([("phase", $0)], status.phase.name == $0 ? 1 : 0) })
        metrics.add(
            .gauge, "atoll_study_version", "Updates applied to the study by all processes.",
            Double(status.version))
        metrics.add(.gauge, "atoll_study_tasks", "Tasks of the study.", plan.tasks.count)
        metrics.add(.gauge, "atoll_study_sites", "Sites of the study.", status.sites.count)
        metrics.add(
            .gauge, "atoll_study_abandoned_tasks", "Tasks that their site gave up.", status.abandonedCount)
        if plan.isPrivate || plan.maximumReleaseCount != nil {
            metrics.add(
                .gauge, "atoll_study_spent_tasks",
                "Tasks of which no more updates come: their budget or number of releases is spent.",
                status.spentCount)
        }
        if let residual = status.residual {
            metrics.add(
                .gauge, "atoll_fixed_point_residual",
                "Distance |U - V| of the tasks' newest updates from the model; absent until every task was heard.",
                residual)
        }
        metrics.add(
            .counter, "atoll_updates_applied_total", "Updates applied by this process.", status.updateCount)
        metrics.add(
            "atoll_update_staleness_versions",
            "Versions applied between the proximal operator that a column is of and the update from it, the age of its "
                + "factor included.", status.staleness)
        metrics.add(
            "atoll_factor_refresh_duration_seconds",
            "Time to compute a factor of the proximal operator beside the exchange; none where it is computed with "
                + "each column.", status.refreshSeconds)
        metrics.add(
            .counter, "atoll_factor_decompositions_total",
            "Factors that were computed beside the exchange by a full decomposition.",
            status.decompositionCount)
        metrics.add(
            "atoll_factor_age_versions",
            "Versions applied since the factor's when the next took its place: the oldest that columns were of.",
            status.factorAges)
        metrics.add(
            "atoll_commit_duration_seconds",
            "Time of one commit to the store, after which its updates are acknowledged.", status.commitSeconds
        )
        metrics.add(
            .counter, "atoll_release_bytes_total", "Encoded bytes of applied updates.",
            status.releaseByteCount)
        metrics.add(
            .counter, "atoll_refusals_total", "Messages refused, by the code that the site was told.",
            Refusal.Code.allCases.map { .init([("code", "\($0)")], status.refusalCounts[$0] ?? 0) })
        metrics.add(
            .counter, "atoll_duplicates_total", "Updates that came again, were answered and not applied.",
            status.duplicateCount)
        metrics.add(
            .counter, "atoll_sequence_gaps_total",
            "Times that a site's counter was ahead, as after the restore of an older state here.",
            status.sequenceGapCount)
        metrics.add(
            .counter, "atoll_sites_behind_total",
            "Times that a site's counter was behind, as after the restore of its older state.",
            status.siteBehindCount)
        metrics.add(
            .counter, "atoll_rounds_incomplete_total",
            "Rounds that went on without a task at the barrier's timeout.",
            status.absenceCount)
        metrics.add(
            .gauge, "atoll_models_fetched", "Final columns that their owner holds.",
            status.fetchedCount)
    }

    private func writeSites(to metrics: inout MetricsText) {
        let sites = status.sites.prefix(AggregatorLimits.siteSeriesCount)
        func samples(_ value: (StudyStatus.Site) -> Double?) -> [MetricsText.Sample] {
            sites.compactMap { site in value(site).map { .init([("site", site.name.rawValue)], $0) } }
        }
        metrics.add(
            .gauge, "atoll_sites_without_series",
            "Sites beyond the bound on series, which have none of their own.",
            status.sites.count - sites.count)
        metrics.add(
            .gauge, "atoll_site_connected", "Whether the site takes part now.",
            samples { $0.isConnected ? 1 : 0 })
        metrics.add(
            .gauge, "atoll_site_last_contact_timestamp_seconds",
            "When the site was last heard, since the Unix epoch; absent before it was.",
            samples { site in
                site.lastContact.map { Double(startTime.millisecondsSinceEpoch) / 1_000 + $0.seconds }
            })
        metrics.add(
            .counter, "atoll_site_updates_applied_total", "Updates of the site that this process applied.",
            samples { Double($0.updateCount) })
        metrics.add(
            .counter, "atoll_site_joins_total", "Joins of the site.", samples { Double($0.joinCount) })
        metrics.add(
            .counter, "atoll_site_refusals_total", "Messages of the site that were refused.",
            samples { Double($0.refusalCount) })
        metrics.add(
            .gauge, "atoll_site_staleness_versions", "Staleness of the site's newest update.",
            samples { $0.updateCount > 0 ? Double($0.staleness) : nil })
        metrics.add(
            .gauge, "atoll_site_relaxation_ratio", "Relaxation of the site's newest step.",
            samples { $0.updateCount > 0 ? $0.relaxation : nil })
    }

    private func writeExchange(to metrics: inout MetricsText) {
        let statistics = transport.statistics
        metrics.add(
            .counter, "atoll_exchange_received_bytes_total", "WebSocket frames' bytes received from sites.",
            transport.bytes.read)
        metrics.add(
            .counter, "atoll_exchange_sent_bytes_total", "WebSocket frames' bytes sent to sites.",
            transport.bytes.written)
        metrics.add(
            .gauge, "atoll_exchange_sessions", "Sites' confirmed connections now.", statistics.sessionCount)
        metrics.add(
            .gauge, "atoll_exchange_unconfirmed_connections", "Connections now that are not confirmed.",
            statistics.unconfirmedCount)
        metrics.add(
            .counter, "atoll_exchange_connections_total", "TCP connections accepted.",
            statistics.acceptedCount)
        metrics.add(
            .counter, "atoll_exchange_sessions_replaced_total",
            "Sessions replaced by a newer one of the same key.",
            statistics.replacedCount)
        metrics.add(
            .counter, "atoll_exchange_rekeys_total", "Times that the keys of a session were replaced.",
            statistics.rekeyCount)
        metrics.add(
            .counter, "atoll_handshake_failures_total",
            "Connections that ended before authentication, by the reason that the peer is not told.",
            failures.map { .init([("reason", $0.code)], $0.count) })
    }
}
