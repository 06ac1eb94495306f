package import Conformance
package import Reporting

/// The outcome of several files of test vectors.
package struct ConformanceResult: CommandResult, Sendable, Equatable {
    /// One a file, in the order given.
    package let reports: [ConformanceReport]

    /// Runs every vector of every file.
    ///
    /// - Throws: `ReportingError` for a file that cannot be read.
    package init(files: [String]) throws {
        reports = try files.map { file in
            let contents = try FileContents.read(path: file, limit: ConformanceLimits.maximumFileByteCount)
            let name = file.split(separator: "/").last.map { String($0) } ?? file
            return ConformanceRunner.run(contents: contents, fileName: name)
        }
    }

    /// Vectors that passed, over all files.
    package var passed: Int { reports.reduce(0) { $0 + $1.passed } }

    /// Vectors that failed, over all files.
    package var failed: Int { reports.reduce(0) { $0 + $1.failed } }

    /// Checks that every file had vectors and all of them passed.
    ///
    /// - Throws: ``CommandError`` `failedVectors`, naming the first file that did not.
    package func requirePassed() throws {
        guard let report = reports.first(where: { !$0.isPassed }) else { return }
        throw CommandError(
            .failedVectors,
            "\(failed) of \(passed + failed) vectors failed, the first in \(report.fileName): "
                + (report.firstFailure ?? "there is no vector"))
    }

    package var text: String {
        let lines = reports.map { report in
            var line = "\(report.fileName): \(report.kind), \(report.passed) passed, \(report.failed) failed"
            if let error = report.worstError { line += ", worst error \(NumberText.significant(error))" }
            if let failure = report.firstFailure { line += "; first: \(CommandLineProgram.oneLine(failure))" }
            return line + "\n"
        }
        return lines.joined() + "\(passed) passed, \(failed) failed\n"
    }

    package var json: JSONValue {
        let files = reports.map { report -> JSONValue in
            [
                "file": JSONValue(report.fileName), "kind": JSONValue(report.kind),
                "passed": JSONValue(report.passed), "failed": JSONValue(report.failed),
                "worst_error": JSONValue(report.worstError), "first_failure": JSONValue(report.firstFailure),
            ]
        }
        return ["files": .array(files), "passed": JSONValue(passed), "failed": JSONValue(failed)]
    }
}
