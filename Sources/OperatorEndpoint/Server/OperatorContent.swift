/// What an endpoint serves, made anew for every request, on the endpoint's own thread.
package struct OperatorContent: Sendable {
    /// Whether the service can do its work now.
    package enum Readiness: Sendable, Equatable {
        case ready
        /// Not now, and why: one line.
        case unready(String)
    }

    /// The status page, as HTML.
    package var page: @Sendable () -> String
    /// The metrics, in the Prometheus text format.
    package var metrics: @Sendable () -> String
    package var readiness: @Sendable () -> Readiness

    package init(
        page: @escaping @Sendable () -> String, metrics: @escaping @Sendable () -> String,
        readiness: @escaping @Sendable () -> Readiness
    ) {
        self.page = page
        self.metrics = metrics
        self.readiness = readiness
    }
}
