internal import Glibc
internal import InMemoryLogging
internal import Logging
internal import ServiceLifecycle
internal import ServiceProcess
internal import Synchronization
internal import TestSupport
internal import Testing

/// What a service tells the service manager, heard on a socket of the test's own.
// Serialized: one test sends this process a signal, which every running group hears.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ServiceManagerTests {
    private let folder: TemporaryFolder
    private let log = InMemoryLogHandler()
    private var logger: Logger { Logger(label: "test") { [log] _ in log } }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func manager(_ environment: [String: String]) -> ServiceManager {
        ServiceManager(environment: environment, logger: logger)
    }

    @Test(
        "readiness and the end are one datagram each, to a path and to an abstract name",
        arguments: [false, true])
    func readiness(isAbstract: Bool) async throws {
        let path = folder.file("notify")
        let listener = try DatagramListener(isAbstract ? "@\(path)" : path)
        let manager = manager(["NOTIFY_SOCKET": listener.name])
        manager.ready("listening")
        manager.stopping()
        let messages = try await listener.messages.wait { $0.count == 2 }
        #expect(messages == ["READY=1\nSTATUS=listening", "STOPPING=1"])
        #expect(log.entries.isEmpty)
    }

    @Test("a manager that does not read is given up after a while, with one warning, and the service goes on")
    func deafManager() throws {
        let socket = try DeafSocket(folder.file("notify"))
        let manager = manager(["NOTIFY_SOCKET": socket.path])
        manager.ready("listening")
        #expect(log.entries.map(\.message) == ["the service manager cannot be told"])
        #expect(log.entries.first?.metadata["reason"] == "sendto: Resource temporarily unavailable")
        _ = consume socket
    }

    @Test("a service that nobody asked to tell anything tells nothing, and is not probed")
    func nobody() async {
        let manager = manager(["WATCHDOG_USEC": "1"])
        manager.ready("listening")
        await manager.keepAlive {
            Issue.record("probed for nobody")
            return ""
        }
        #expect(log.entries.isEmpty)
    }

    @Test("the watchdog is fed as long as the probe answers, and not while it hangs")
    func watchdog() async throws {
        let listener = try DatagramListener("@\(folder.path)")
        let manager = manager(["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "40000"])
        let probes = Observed(0)
        let hangs = Observed(true)
        let alive = Task {
            await manager.keepAlive {
                probes.update { $0 += 1 }
                if probes.value == 2 { _ = try? await hangs.wait { !$0 } }
                return "probe \(probes.value)"
            }
        }
        defer { alive.cancel() }
        _ = try await probes.wait { $0 == 2 }
        manager.ready("while it hangs")
        let messages = try await listener.messages.wait { $0.count == 2 }
        #expect(messages == ["WATCHDOG=1\nSTATUS=probe 1", "READY=1\nSTATUS=while it hangs"])
        hangs.update { $0 = false }
        let next = try await listener.messages.wait { $0.count > 3 }
        #expect(next[2...3] == ["WATCHDOG=1\nSTATUS=probe 2", "WATCHDOG=1\nSTATUS=probe 3"])
        alive.cancel()
        await alive.value
    }

    @Test("a watchdog is taken from the environment where it is meant for this process")
    func timeout() {
        #expect(manager(["WATCHDOG_USEC": "3000000"]).watchdogTimeout == .seconds(3))
        #expect(
            manager(["WATCHDOG_USEC": "1", "WATCHDOG_PID": "\(getpid())"]).watchdogTimeout == .microseconds(1)
        )
        #expect(manager(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]).watchdogTimeout == nil)
        for wrong in ["", "0", "-1", "3 s", "99999999999999999999"] {
            #expect(manager(["WATCHDOG_USEC": wrong]).watchdogTimeout == nil, "\(wrong)")
        }
        #expect(manager([:]).watchdogTimeout == nil)
    }

    @Test(
        "a socket of another kind is named once, and nothing is sent",
        arguments: ["vsock:2:1234", "relative", "/", "@", "/" + String(repeating: "x", count: 108)])
    func unsupported(name: String) {
        manager(["NOTIFY_SOCKET": name]).ready("listening")
        #expect(log.entries.map(\.level) == [.warning])
    }

    @Test("a manager that is gone is named once, and the service goes on")
    func gone() {
        let manager = manager(["NOTIFY_SOCKET": folder.file("nobody")])
        manager.ready("listening")
        manager.stopping()
        #expect(log.entries.map(\.level) == [.warning])
        #expect(log.entries.first?.metadata["reason"] == "sendto: No such file or directory")
    }

    @Test("a socket's name may have 108 bytes")
    func longestName() async throws {
        let name = "@" + String(repeating: "y", count: 107 - folder.path.utf8.count) + folder.path
        #expect(name.utf8.count == ServiceProcessLimits.socketNameByteCount)
        let listener = try DatagramListener(name)
        manager(["NOTIFY_SOCKET": name]).stopping()
        #expect(try await listener.message { _ in true } == "STOPPING=1")
    }

    @Test(
        "a process tells when it begins to stop, whether its work is done or failed",
        arguments: [false, true])
    func stopping(fails: Bool) async throws {
        struct Failure: Error {}
        let listener = try DatagramListener("@\(folder.path)")
        let manager = manager(["NOTIFY_SOCKET": listener.name])
        do {
            let result = try await ServiceProcess.run(
                endsWithStandardInput: false, manager: manager, logger: logger
            ) {
                manager.ready("working")
                if fails { throw Failure() }
                return 1
            }
            #expect(result == 1 && !fails)
        } catch is Failure {
            #expect(fails)
        }
        #expect(try await listener.messages.wait { $0.count == 2 }.last == "STOPPING=1")
    }

    @Test("the manager hears of the shutdown while the work still goes on")
    func stoppingFirst() async throws {
        let listener = try DatagramListener("@\(folder.path)")
        let manager = manager(["NOTIFY_SOCKET": listener.name])
        let result = try await ServiceProcess.run(
            endsWithStandardInput: false, manager: manager, logger: logger
        ) {
            // The group traps it before it starts its services.
            kill(getpid(), SIGINT)
            // Does not end before the word was heard, nor before it is told itself.
            let word = try await listener.message { $0 == "STOPPING=1" }
            try await gracefulShutdown()
            return word
        }
        #expect(result == "STOPPING=1")
    }
}
