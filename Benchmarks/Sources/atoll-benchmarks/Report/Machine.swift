internal import FoundationEssentials

/// The machine that benchmarks run on.
struct Machine: Codable {
    let processor: String
    let coreCount: Int
    let system: String
    /// Of the last minute, before anything was measured: near 0 on a machine that is fit for measuring.
    let loadAverage: Double?

    /// Reads what Linux says of this machine.
    static func current() -> Machine {
        let model = text(of: "/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = model?.split(separator: ":").last.map { $0.drop { $0 == " " } }
        let kernel = text(of: "/proc/sys/kernel/osrelease").prefix { $0 != "\n" }
        return Machine(
            processor: name.map(String.init) ?? "unknown processor",
            coreCount: ProcessInfo.processInfo.activeProcessorCount,
            system: "Linux \(kernel)",
            loadAverage: text(of: "/proc/loadavg").split(separator: " ").first.flatMap { Double($0) })
    }

    private static func text(of path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
