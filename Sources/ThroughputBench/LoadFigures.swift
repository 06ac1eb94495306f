/// What a whole federation came to between two looks at it.
package struct LoadFigures: Sendable {
    package let siteCount: Int
    /// Of all sites.
    package let updatesPerSecond: Double
    /// Processor time of an update at the aggregator, and at its site.
    package let aggregatorMilliseconds: Double
    package let siteMilliseconds: Double
    /// Bytes of WebSocket frames for an update, from site to aggregator and back, first and last columns included.
    package let bytesUp: Double
    package let bytesDown: Double
    package let aggregatorByteCount: Int
    /// Of the largest site.
    package let siteByteCount: Int

    /// From one update of a site to its next, in milliseconds: the sites share the updates evenly.
    package var siteIntervalMilliseconds: Double {
        1e3 * Double(siteCount) / updatesPerSecond
    }
}
