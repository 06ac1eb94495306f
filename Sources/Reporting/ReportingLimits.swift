/// The bounds on what is written and read back.
package enum ReportingLimits {
    /// Bytes that a buffered file keeps before it writes them.
    package static let bufferByteCount = 65_536
    /// Bytes that are read at once where a file's last lines are looked for.
    package static let lineSearchByteCount = 512
    /// Lines that are cut off a file's end; where it is more, or more than half of the file, the file of before is kept.
    package static let tailLineCount = 1_000
    /// Bytes of a file that is read back whole.
    package static let readByteCount = 1 << 30
    /// Bytes of one line of a file that is read line by line.
    package static let lineByteCount = 65_536
    /// Arrays and objects inside one another in JSON that is read.
    package static let jsonDepth = 64
    /// Bytes of the header of a `.safetensors` file.
    package static let modelHeaderByteCount = 16 << 20
    /// Attempts to write one line to a terminal or pipe that takes only parts of it.
    package static let lineWriteAttemptCount = 16
    /// The shortest time between two drawings of a progress bar on a terminal.
    package static let barInterval = Duration.milliseconds(100)
    /// The time between two lines of progress where there is no terminal.
    package static let progressLineInterval = Duration.seconds(5)
    /// Characters of a progress bar.
    package static let barWidth = 30
    /// Characters of one progress line on a terminal.
    package static let progressLineWidth = 79
}
