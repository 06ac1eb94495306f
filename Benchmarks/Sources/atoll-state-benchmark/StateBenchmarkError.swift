/// Why the benchmark has no figures, or figures beyond their bounds.
struct StateBenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
