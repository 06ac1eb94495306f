internal import CommandLineTools

/// The errors of audits that cannot begin.
enum CommandErrors {
    static func nothingRecorded(_ path: String) -> CommandError {
        CommandError(
            .unusableInput,
            "\(path): no recording (sites/*/*.rec); run the site with --audit-recording, in a run that is not private"
        )
    }

    static func nothingToAudit(_ path: String) -> CommandError {
        CommandError(
            .unusableInput,
            "\(path): neither a ledger (sites/*/*ledger*) nor receipts (receipts/*); give the folder of a private run, as one "
                + "without privacy has none"
        )
    }
}
