/// A look at the process and its files while a state is written.
struct StateSample {
    let version: UInt64
    /// Of the process so far, sites included.
    let processorSeconds: Double
    let residentByteCount: Int
    let fileByteCount: Int

    var line: String {
        "version \(version): memory \(StateBounds.mebibytes(residentByteCount)) MiB, "
            + "files \(StateBounds.mebibytes(fileByteCount)) MiB, "
            + "\(StateBounds.rounded(processorSeconds / Double(version) * 1e6)) us of processor time an update"
    }
}

/// What a start took.
struct StartTime {
    /// Whether the files were on the disk only.
    let isCold: Bool
    /// To the open database, to the checked and replayed state, and to the machine that goes on from it.
    let openSeconds: Double
    let loadSeconds: Double
    let machineSeconds: Double
    let processorSeconds: Double

    var seconds: Double { openSeconds + loadSeconds + machineSeconds }

    var line: String {
        let parts = [openSeconds, loadSeconds, machineSeconds].map(StateBounds.rounded)
        return "start, \(isCold ? "files on the disk only" : "files in memory"): "
            + "\(StateBounds.rounded(seconds)) s (open \(parts[0]), load \(parts[1]), machine \(parts[2])), "
            + "\(StateBounds.rounded(processorSeconds)) s of processor time"
    }
}
