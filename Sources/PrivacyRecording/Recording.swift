/// A recording as it was read.
package struct Recording: Sendable, Equatable {
    /// What all of its releases have in common.
    package let header: RecordingHeader
    /// The releases, in order.
    package private(set) var steps: [RecordedStep] = []

    /// Reads a recording.
    ///
    /// - Throws: ``RecordingError`` `malformed` or `invalidValue` for whatever a ``ReleaseRecorder`` would not have written,
    ///   naming the release.
    /// - Complexity: O(bytes).
    package init(bytes: [UInt8]) throws(RecordingError) {
        let label = RecordingLimits.label
        guard bytes.starts(with: label) else {
            throw RecordingError(.malformed, "it does not begin as a recording of version 1")
        }
        var offset = label.count
        header = try RecordingHeader(
            bytes: RecordingFrame.body(of: bytes, at: &offset, "the header"))
        while offset < bytes.count {
            let number = UInt64(steps.count)
            let name = "release \(number)"
            let body = try RecordingFrame.body(of: bytes, at: &offset, name)
            do throws(RecordingError) {
                steps.append(try RecordedStep(bytes: body, number: number, header: header))
            } catch {
                throw RecordingError(error.code, "\(name): \(error.message)")
            }
        }
    }
}
