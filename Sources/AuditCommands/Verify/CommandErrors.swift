internal import CommandLineTools

/// The errors of audits that cannot begin.
enum CommandErrors {
    static func nothingToAudit(_ path: String) -> CommandError {
        CommandError(
            .unusableInput,
            "\(path): neither a ledger (sites/*/*ledger*) nor receipts (receipts/*); give the folder of a private run"
        )
    }
}
