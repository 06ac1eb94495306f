internal import CSodium

/// The start of libsodium, and the checks that every wrapper shares.
package enum Sodium {
    /// The outcome of `sodium_init`, which runs once, before the first use of any primitive.
    private static let started: Int32 = sodium_init()

    /// Starts libsodium if that has not happened yet; cheap afterwards.
    ///
    /// Every wrapper in this module calls it, so other modules need not.
    package static func initialize() {
        precondition(started >= 0, "libsodium could not start: the system offers no randomness")
    }

    /// Stops the process where libsodium refuses arguments whose sizes were checked before the call.
    static func requireSuccess(_ code: Int32, _ function: StaticString) {
        precondition(code == 0, "\(function) returned \(code) for arguments of the right sizes")
    }
}
