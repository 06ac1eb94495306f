internal import Glibc
package import Logging
internal import Synchronization

/// The service manager that started this process and wants to hear from it; or nobody.
///
/// The protocol is systemd's: lines such as `READY=1` in datagrams to the socket that `NOTIFY_SOCKET` names. Where
/// that variable is not set, nothing is sent. What cannot be sent is logged once, and the service goes on: the manager
/// itself ends a service from which it does not hear.
///
/// Source: sd_notify(3) and sd_watchdog_enabled(3).
package final class ServiceManager: Sendable {
    private let socket: NotificationSocket?
    private let logger: Logger
    private let hasFailed = Mutex(false)
    /// The longest silence that the manager bears; nil where it does not watch.
    package let watchdogTimeout: Duration?

    /// Creates the manager that `environment` names.
    ///
    /// - Parameter environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are read; the process's own when
    ///   nil. A socket of another family than `AF_UNIX` is not supported: a warning says so.
    package init(environment: [String: String]? = nil, logger: Logger) {
        let variable = { (name: String) -> String? in
            if let environment { return environment[name] }
            return unsafe getenv(name).map { unsafe String(cString: $0) }
        }
        self.logger = logger
        let name = variable("NOTIFY_SOCKET") ?? ""
        socket = NotificationSocket(name)
        if socket == nil, !name.isEmpty {
            logger.warning(
                "the service manager's socket is of no kind that is supported; it is told nothing",
                metadata: ["NOTIFY_SOCKET": "\(name)"])
        }
        // A watchdog that was meant for the process that started this one.
        let isForUs = variable("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        if isForUs, let text = variable("WATCHDOG_USEC"), let count = Int64(text), count > 0 {
            watchdogTimeout = .microseconds(count)
        } else {
            watchdogTimeout = nil
        }
    }

    /// Says that the service does what it was started for.
    package func ready(_ status: String) {
        send(["READY=1", "STATUS=\(status)"])
    }

    /// Says that the service is about to end.
    package func stopping() {
        send(["STOPPING=1"])
    }

    /// Tells the service's state again and again until it is cancelled, and with it that the service lives.
    ///
    /// - Parameter probe: Asks whatever would hang if the service hung, and returns the state in a few words. As long
    ///   as it does not return nothing is sent, and the manager's watchdog runs out.
    package func keepAlive(_ probe: @Sendable () async -> String) async {
        guard socket != nil else { return }
        let half = (watchdogTimeout ?? ServiceProcessLimits.reportInterval * 2) / 2
        let interval = max(
            min(half, ServiceProcessLimits.reportInterval), ServiceProcessLimits.minimumReportInterval)
        while (try? await Task.sleep(for: interval)) != nil {
            let status = await probe()
            guard !Task.isCancelled else { return }
            send((watchdogTimeout == nil ? [] : ["WATCHDOG=1"]) + ["STATUS=\(status)"])
        }
    }

    private func send(_ lines: [String]) {
        guard let socket, let failure = socket.send(lines.joined(separator: "\n")) else { return }
        let isFirst = hasFailed.withLock { hasFailed in
            defer { hasFailed = true }
            return !hasFailed
        }
        if isFirst {
            logger.warning("the service manager cannot be told", metadata: ["reason": "\(failure)"])
        }
    }
}
