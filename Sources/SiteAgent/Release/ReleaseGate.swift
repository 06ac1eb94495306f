internal import Federation
internal import PrivacyLedger
internal import SiteStorage
internal import Storage

/// What decides which messages leave: nothing stands in the way of a study that is not private, and the ledger in that
/// of any other.
enum ReleaseGate: Sendable {
    case open(UnprotectedStudy)
    case ledger(SiteLedger, clock: @Sendable () -> Int64)

    /// What became of a message.
    enum Decision {
        case cleared(ClearedMessage)
        /// The ledger refused to charge the update; the reason is for people.
        case refused(task: TaskName, reason: String)
    }

    /// Charges what is a release, and clears it.
    ///
    /// - Parameters:
    ///   - instance: The aggregator's.
    ///   - isResend: Whether an update may have been charged before.
    /// - Throws: The ledger's error; nothing may be sent then.
    func decide(
        _ message: SiteMessage, instance: InstanceIdentifier?, isResend: Bool
    ) throws -> Decision {
        switch self {
        case .open(let study):
            return .cleared(ClearedMessage(message, of: study))
        case .ledger(let ledger, let clock):
            if case .join(var request) = message {
                request.ledgerHead = ledger.head
                if let cleared = ClearedMessage(withoutRelease: .join(request)) { return .cleared(cleared) }
            }
            if let cleared = ClearedMessage(withoutRelease: message) { return .cleared(cleared) }
            guard case .update(let update) = message, let instance else {
                preconditionFailure(
                    "an update is sent after a welcome, which names the aggregator's instance")
            }
            return
                switch try ledger.charge(
                    update, instance: instance, isResend: isResend, at: clock())
            {
            case .charged(let release): .cleared(ClearedMessage(update, charged: release))
            case .refused(let refusal): .refused(task: update.task, reason: refusal.reason)
            }
        }
    }

    /// Why an update of a task would not leave, asked before it is computed; nil where it would.
    func refusal(ofTask task: TaskName, version: UInt64, instance: InstanceIdentifier?) throws -> String? {
        guard case .ledger(let ledger, let clock) = self, let instance else { return nil }
        return try ledger.refusal(ofTask: task, version: version, instance: instance, at: clock())
    }

    /// Whether updates must be charged.
    var isPrivate: Bool {
        if case .ledger = self { true } else { false }
    }

    /// The message that has the ledger's newest record signed; nil where there is no ledger.
    var head: ClearedMessage? {
        guard case .ledger(let ledger, _) = self else { return nil }
        return ClearedMessage(withoutRelease: .ledgerHead(ledger.head))
    }

    /// Keeps a head that the aggregator signed.
    ///
    /// - Throws: `LedgerError` where the ledger was rolled back, or the signature is not the aggregator's.
    func acknowledge(_ head: CountersignedHead, by publicKey: [UInt8]) throws {
        guard case .ledger(let ledger, let clock) = self else { return }
        try ledger.acknowledge(head, by: publicKey, at: clock())
    }
}
