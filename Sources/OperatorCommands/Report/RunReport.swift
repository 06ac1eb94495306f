internal import LocalFederation
internal import Reporting

/// A run's `report.html`.
struct RunReport: CommandResult {
    /// The file.
    let path: String

    /// Writes the report of the run in a folder.
    ///
    /// - Throws: ``CommandError`` `unusableInput` where the folder holds no run that has ended; errors of its files.
    init(folder: RunFolder) throws {
        path = Self.path(in: folder)
        let page = ReportPage(run: try RunRecord(folder: folder))
        try AtomicFile.write(Array(page.html.utf8), to: path)
    }

    /// Writes the report of a run that has its result; that it cannot be written is a warning, which costs nothing else.
    static func writeOrWarn(folder: RunFolder, messages: TextOutput) {
        do {
            _ = try RunReport(folder: folder)
        } catch {
            messages.write(
                "warning: the report was not written: \(error); `atoll report \(folder.path)` writes it anew\n"
            )
        }
    }

    /// Where a run's report is.
    static func path(in folder: RunFolder) -> String { folder.path + "/" + ReportPage.fileName }

    var text: String { path + "\n" }

    var json: JSONValue { ["report": JSONValue(path)] }
}
