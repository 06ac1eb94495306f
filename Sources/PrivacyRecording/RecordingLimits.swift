/// The bounds of this module.
package enum RecordingLimits {
    /// What every recording begins with.
    package static let label = Array("atoll recording 1\n".utf8)
    /// Bytes of one record's body: 1 GiB at most.
    package static let bodyByteCount = 1...1 << 30
    /// Units that samples are drawn from.
    package static let unitCount = 1...1 << 30
    /// Canaries of a recording.
    package static let canaryCount = 0...1 << 16
    /// A canary's gradient before clipping, in clipping norms: so long that clipping after averaging shows.
    package static let canaryLengths = 1.0...0x1p20
    /// The length that is used.
    package static let usualCanaryLength = 16.0
    /// Grid steps of an element of recorded noise, either way: no mechanism draws as many.
    package static let noiseSteps: Int64 = 1 << 54
}
