/// What a relaxation policy knows of the delay of one update.
package struct UpdateDelay: Sendable, Equatable {
    /// Seconds from the computation of a column to the arrival of its update, of the task's newest updates, this one
    /// the last.
    package var recentSeconds: [Double]
    /// Updates applied between the computation of the update's column and its arrival.
    package var staleness: UInt64
    /// The largest staleness in the study, this update's included.
    package var largestStaleness: UInt64
    /// The sum of the factors of the updates that ``staleness`` counts.
    package var recentRelaxation: Double
    /// The task's updates before this one.
    package var taskUpdateCount: UInt64

    package init(
        recentSeconds: [Double] = [], staleness: UInt64 = 0, largestStaleness: UInt64 = 0,
        recentRelaxation: Double = 0, taskUpdateCount: UInt64 = 0
    ) {
        self.recentSeconds = recentSeconds
        self.staleness = staleness
        self.largestStaleness = largestStaleness
        self.recentRelaxation = recentRelaxation
        self.taskUpdateCount = taskUpdateCount
    }
}
