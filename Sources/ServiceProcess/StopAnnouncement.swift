internal import ServiceLifecycle

/// Tells the service manager when the process begins to shut down, whatever the reason.
struct StopAnnouncement: Service {
    let manager: ServiceManager

    func run() async throws {
        try? await gracefulShutdown()
        manager.stopping()
    }
}
