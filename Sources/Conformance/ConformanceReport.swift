/// The outcome of one file of test vectors.
package struct ConformanceReport: Sendable, Equatable {
    /// The name of the file.
    package let fileName: String
    /// What the vectors are about, such as `noise`; `unknown` when no kind of vectors was recognised.
    package let kind: String
    /// How many cases gave what the file says.
    package let passed: Int
    /// How many did not; a file that cannot be read as vectors counts as one failed case.
    package let failed: Int
    /// The largest numerical deviation over all cases, where cases are numerical.
    package let worstError: Double?
    /// The first failed case and why it failed.
    package let firstFailure: String?

    /// Whether there was at least one case and none failed.
    package var isPassed: Bool { failed == 0 && passed > 0 }

    init(fileName: String, kind: String, cases: [ConformanceCase]) {
        self.fileName = fileName
        self.kind = kind
        let failures = cases.filter { $0.failure != nil }
        passed = cases.count - failures.count
        failed = failures.count
        // A deviation that is not a number is worse than any.
        worstError = cases.compactMap(\.error).max { left, right in !left.isNaN && !(right <= left) }
        firstFailure = failures.first.map { "\($0.name): \($0.failure ?? "")" }
    }
}

/// The outcome of one test vector.
struct ConformanceCase: Sendable {
    let name: String
    /// The largest deviation from the expected numbers, where the case is numerical.
    var error: Double?
    /// Why the case failed; nil when it passed.
    var failure: String?
}
