package import PrivacyMechanisms

/// Writes the recording of one task's releases, for an audit of the site's program.
///
/// Pure: each method is given the append. Recording is for runs that protect nobody: with the noise beside it a release
/// is the exact sum. Their ledger entries have the noise source `recorded`, which says "not private".
package struct ReleaseRecorder: ~Copyable {
    private let header: RecordingHeader
    private var count: UInt64 = 0

    /// Begins a recording.
    ///
    /// - Parameter append: Puts the bytes at the end of a new file, ``RecordingHeader/fileName(part:)``.
    /// - Throws: What `append` throws; ``RecordingError`` `invalidValue` for a header too large.
    package init(_ header: RecordingHeader, append: (_ bytes: [UInt8]) throws -> Void) throws {
        self.header = header
        try append(RecordingLimits.label + RecordingFrame.framed(header.bytes))
    }

    /// Adds a release, after it was charged and before it is sent: a release that the ledger refuses, or that a crash
    /// keeps from it, is in no recording.
    ///
    /// A release that is sent again, also in another encoding, may be added again: the same noisy sum is no new release.
    ///
    /// - Throws: ``RecordingError`` `invalidValue` for a release of another plan, or parts of another size; what `append`
    ///   throws. Nothing should be sent then.
    /// - Complexity: O(d + units in the sample).
    package mutating func record<Source: RandomnessSource>(
        _ recorded: RecordedRelease<Source>, _ around: ReleaseSurroundings,
        append: (_ bytes: [UInt8]) throws -> Void
    ) throws {
        guard Source.kind == header.randomness else {
            throw RecordingError(
                .invalidValue,
                "noise of \(Source.kind.rawValue) in a recording of \(header.randomness.rawValue)")
        }
        try add(RecordedStep(number: count, recorded.transcript, around, header: header), append: append)
    }

    /// Adds a release that was put together already.
    mutating func add(_ step: RecordedStep, append: (_ bytes: [UInt8]) throws -> Void) throws {
        try append(RecordingFrame.framed(step.bytes(canaryCount: header.canaries.count)))
        count += 1
    }
}
