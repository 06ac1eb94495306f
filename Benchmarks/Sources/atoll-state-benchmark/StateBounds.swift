/// What the figures are held to.
enum StateBounds {
    /// Seconds from a start to the machine that could serve sites.
    static let startSeconds = 2.0
    /// Memory, to what it was after a tenth of the updates.
    static let memoryGrowth = 1.05
    /// Files, to what they were once the log had as many rows as it keeps.
    static let fileGrowth = 1.01

    /// Returns what is beyond its bound, in words.
    static func faults(
        samples: [StateSample], starts: [StartTime], retainedUpdateCount: UInt64
    ) -> [String] {
        var faults: [String] = []
        for isCold in [true, false] {
            // Neighbours on the machine only ever add to a time.
            let best = starts.filter { $0.isCold == isCold }.map(\.seconds).min() ?? .infinity
            if best > startSeconds {
                faults.append("a start takes \(rounded(best)) s; the bound is \(startSeconds) s")
            }
        }
        let last = samples.last?.version ?? 0
        func check(_ what: String, from version: UInt64, bound: Double, _ value: (StateSample) -> Int) {
            let values = samples.filter { $0.version >= version }.map(value)
            guard let first = values.first, let most = values.max(), values.count > 1 else {
                faults.append("\(what): looked at too seldom from version \(version) on")
                return
            }
            guard Double(most) > bound * Double(first) else { return }
            faults.append(
                "\(what) grew from \(mebibytes(first)) to \(mebibytes(most)) MiB after version \(version); the bound "
                    + "is a factor of \(bound)")
        }
        check("memory", from: last / 10, bound: memoryGrowth, \.residentByteCount)
        check("files", from: retainedUpdateCount, bound: fileGrowth, \.fileByteCount)
        return faults
    }

    static func mebibytes(_ byteCount: Int) -> Double { rounded(Double(byteCount) / 1_048_576) }

    static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
