package import Logging
package import ServiceLifecycle
internal import UnixSignals

/// Runs a process's main work as a service: signals shut it down gracefully.
package enum ServiceProcess {
    /// Runs `body` beside `companions` until it returns, or SIGTERM, or SIGINT.
    ///
    /// - Parameters:
    ///   - endsWithStandardInput: Whether the end of standard input means shutdown too, so that a process that
    ///     another one started does not outlive it.
    ///   - companions: Services that run as long as `body` does.
    ///   - manager: Is told when shutdown begins.
    /// - Returns: What `body` returned; nil where it was shut down before it could.
    /// - Throws: What `body` or a companion throws.
    package static func run<Result: Sendable>(
        endsWithStandardInput: Bool, companions: [any Service] = [], manager: ServiceManager? = nil,
        logger: Logger, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        MemoryAllocation.configure()
        let main = MainService(body)
        var services = companions.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if endsWithStandardInput {
            services.append(
                .init(service: StandardInputWatch(), successTerminationBehavior: .gracefullyShutdownGroup))
        }
        services.append(.init(service: main, successTerminationBehavior: .gracefullyShutdownGroup))
        // The group shuts down from its last service to its first: this one hears of it before the work ends.
        if let manager { services.append(.init(service: StopAnnouncement(manager: manager))) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        return main.result
    }
}
