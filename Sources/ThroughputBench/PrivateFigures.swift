/// The figures of one dimension with privacy on: each update is noised, is on the disk in the site's synced journal, then
/// on the disk as a signed entry of the site's ledger, and leaves after that.
package struct PrivateFigures: Sendable {
    package let load: LoadFigures
    /// Bytes of its site's ledger for an update: its entry, and its part of the heads that the aggregator signed.
    package let ledgerBytes: Double
    /// From one update of a lone site to its next, with one exchange on the way.
    package let roundTripMilliseconds: Quantiles
    /// What one update syncs, journal and then ledger, with nothing else done, as many sites at once as have load.
    package let syncMilliseconds: Quantiles
    /// The same of one site alone.
    package let loneSyncMilliseconds: Quantiles
}
