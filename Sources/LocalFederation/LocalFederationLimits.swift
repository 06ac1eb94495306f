/// Bounds of a federation on this machine.
package enum LocalFederationLimits {
    /// Sites of one run.
    package static let siteCount = 256
    /// Times that one process is started again after a signal from outside ended it.
    package static let restartCount = 10_000
    /// Times that it is started again with no accepted update since its last end: memory may be too small for it.
    package static let barrenRestartCount = 10
    /// Pause before a process is started again.
    package static let restartDelay = Duration.milliseconds(100)
    /// How often the caller is told how far the study is.
    package static let progressInterval = Duration.milliseconds(250)
    /// How long sites may run on after the aggregator has ended, unless they hold their released models.
    package static let farewellTimeout = Duration.seconds(5)
    /// How often the run looks at what processes have written.
    package static let pollInterval = Duration.milliseconds(20)
    /// How long the aggregator may take until it listens.
    package static let startTimeout = Duration.seconds(30)
    /// How long a process may take to end after SIGTERM, before SIGKILL.
    package static let stopTimeout = Duration.seconds(5)
    /// Bytes of a failed process's log that are quoted.
    package static let quotedLogByteCount = 2_000
}
