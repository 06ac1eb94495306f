internal import AggregatorStorage
internal import GRDB

/// Opens a state's file beside the store, or a closed one whose store may still be closing.
func openDatabase(_ folder: String) throws -> DatabaseQueue {
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .timeout(AggregatorStorageLimits.busyTimeoutSeconds)
    return try DatabaseQueue(path: folder + "/aggregator.sqlite", configuration: configuration)
}
