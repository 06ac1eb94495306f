internal import PrivacyLedger

/// What a private study adds: tasks whose budget is spent, and heads of the sites' privacy ledgers.
extension AggregatorMachine {
    /// Notes that the owner sends no more updates of a task: nobody waits for them, but for the owner to fetch the result.
    ///
    /// A site says so once after each join; what it says more often counts as a fault.
    mutating func spend(_ task: TaskName, connection: ConnectionIdentifier, at now: Duration) throws {
        guard let index = ownTask(task, connection: connection) else { return }
        if sessions[connection]?.spentTasks.insert(index).inserted == false {
            guard countFault(of: connection) else { return }
        }
        // A column that was sent for it will not be answered.
        sessions[connection]?.outstandingReads.remove(index)
        guard case .running = state.phase else {
            try answerAfterEnd(index, connection: connection)
            return
        }
        guard !state.tasks[index].isSpent else { return }
        setSpent(index, true)
        note(.spent(task))
        try goOnWithoutTasks(at: now)
    }

    mutating func setSpent(_ index: Int, _ isSpent: Bool) {
        state.tasks[index].isSpent = isSpent
        convergence.setFrozen(index, isFrozen(index))
        commit(record: index)
    }

    /// Takes the head of a ledger that has grown.
    ///
    /// It moves the study on by nothing, and costs a signature: no more heads than updates, but for a few.
    mutating func takeHead(_ head: LedgerHead, connection: ConnectionIdentifier) {
        guard admitHead(head, connection: connection), countFault(of: connection) else { return }
        countersign(head, connection: connection)
    }

    /// Whether a head may be signed, or is absent where the study is not private; refuses the message otherwise.
    mutating func admitHead(_ head: LedgerHead?, connection: ConnectionIdentifier) -> Bool {
        guard let site = sessions[connection]?.site else { return false }
        guard plan.isPrivate == (head != nil) else {
            let message =
                plan.isPrivate
                ? "the study '\(plan.name)' is private: a join needs the head of the site's privacy ledger"
                : "the study '\(plan.name)' is not private: it takes no head of a privacy ledger"
            refuse(connection, Refusal(.malformed, message: message))
            return false
        }
        guard let head, let fault = signedHeads.fault(of: head, at: site) else { return true }
        refuse(connection, Refusal(fault.code, message: fault.message))
        return false
    }

    mutating func countersign(_ head: LedgerHead, connection: ConnectionIdentifier) {
        guard let site = sessions[connection]?.site else { return }
        if signedHeads.isOfAnotherLedger(head, at: site) { note(.ledgerChanged(site)) }
        signedHeads.insert(head, of: site)
        actions.append(.countersign(connection, site, head))
    }
}
