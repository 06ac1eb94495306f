/// Which releases stand in files of their own, and how large these are.
package struct SegmentSizes: Sendable {
    /// Releases of at least so many bytes go into segments, shorter ones into the database.
    package var smallestReleaseByteCount: Int
    /// Bytes of a segment; one release that is longer has one to itself.
    package var segmentByteCount: Int

    package init(
        smallestReleaseByteCount: Int = AggregatorStorageLimits.segmentedReleaseByteCount,
        segmentByteCount: Int = AggregatorStorageLimits.segmentByteCount
    ) {
        self.smallestReleaseByteCount = smallestReleaseByteCount
        self.segmentByteCount = segmentByteCount
    }
}
