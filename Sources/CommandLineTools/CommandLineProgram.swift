package import ArgumentParser
internal import Reporting
internal import SecureChannel
internal import Storage

/// The way from a process's arguments to its exit status, the same for every program.
package enum CommandLineProgram {
    /// What is left to do when a command has thrown.
    package struct Ending: Sendable, Equatable {
        /// The exit status of the process.
        package let status: Int32
        /// Text for standard output: the help or version that was asked for.
        package let results: String
        /// Text for standard error: `atoll: error: …` on one line, and after wrong arguments the usage.
        package let messages: String

        /// Creates an ending.
        package init(status: Int32, results: String, messages: String) {
            self.status = status
            self.results = results
            self.messages = messages
        }
    }

    /// Parses the arguments, runs the command they name, and ends the process.
    ///
    /// - Parameter arguments: Those of the process when nil.
    package static func run<Root: ParsableCommand>(
        _ root: Root.Type, arguments: [String]? = nil
    ) async -> Never {
        let status = await status(of: root, arguments: arguments, streams: .standard)
        root.exit(withError: ExitCode(status))
    }

    /// Parses the arguments, runs the command they name, and returns the exit status.
    ///
    /// - Parameter streams: Where help, version and errors go; a command writes to the standard streams.
    package static func status<Root: ParsableCommand>(
        of root: Root.Type, arguments: [String]?, streams: CommandStreams
    ) async -> Int32 {
        do {
            var command = try root.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            var ending = ending(of: error, root: root)
            do {
                if !ending.results.isEmpty { try streams.results.write(ending.results) }
            } catch {
                ending = Self.ending(of: error, root: root)
            }
            if !ending.messages.isEmpty { streams.messages.write(ending.messages) }
            return ending.status
        }
    }

    /// Returns how the process ends for an error, or a request for help, thrown by parsing or by the command.
    package static func ending<Root: ParsableCommand>(of error: any Error, root: Root.Type) -> Ending {
        let program = root._commandName
        let code = root.exitCode(for: error)
        if code == .success {
            return Ending(status: 0, results: root.fullMessage(for: error) + "\n", messages: "")
        }
        if code == .validationFailure {
            // ArgumentParser's text is the message, a word of help where there is one, and the usage.
            let message = root.message(for: error)
            let whole = root.fullMessage(for: error)
            let rest = whole.firstRange(of: message).map { String(whole[$0.upperBound...]) } ?? "\n"
            return Ending(
                status: code.rawValue, results: "",
                messages: "\(program): error: \(oneLine(message))\n" + rest.drop(while: \.isNewline) + "\n")
        }
        if let exit = error as? ExitCode {
            return Ending(status: exit.rawValue, results: "", messages: "")
        }
        let status = (error as? CommandError)?.code.exitStatus ?? CommandError.generalExitStatus
        return Ending(
            status: status, results: "", messages: "\(program): error: \(oneLine(text(of: error)))\n")
    }

    /// Returns the words of an error for people, without a code.
    private static func text(of error: any Error) -> String {
        switch error {
        case let error as StorageError: error.message
        case let error as SecureChannelError: error.message
        default: "\(error)"
        }
    }

    /// Returns a text with its line breaks and what surrounds them made one space.
    package static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingPrefix(while: \.isWhitespace) }
            .joined(separator: " ")
    }
}
