internal import FoundationEssentials

/// Runs published test vectors against this build.
package enum ConformanceRunner {
    /// The kinds of vectors there are; the first that recognises a file runs it.
    private static let kinds: [VectorKind] = [.noise, .accounting, .proximal]

    /// Runs every vector in a file and returns what came out.
    ///
    /// The kind of vectors is told from the contents, not from the name. A file that is no JSON, or of no
    /// known kind, or without a vector, gives a report with one failed case that says so.
    ///
    /// - Parameters:
    ///   - contents: The bytes of a JSON file.
    ///   - fileName: Named in the report.
    package static func run(contents: [UInt8], fileName: String) -> ConformanceReport {
        guard contents.count <= ConformanceLimits.maximumFileByteCount else {
            return refusal(
                fileName,
                "\(contents.count) bytes; a file of vectors has at most \(ConformanceLimits.maximumFileByteCount)"
            )
        }
        let document: JSONValue
        do {
            let decoder = JSONDecoder()
            // Python writes infinities and not-a-number as JSON5 does.
            decoder.allowsJSON5 = true
            document = try decoder.decode(JSONValue.self, from: Data(contents))
        } catch {
            return refusal(fileName, "not JSON: \(error)")
        }
        for kind in kinds {
            let vectors = kind.vectors(document)
            guard !vectors.isEmpty else { continue }
            let cases = vectors.enumerated().map { index, vector in kind.run(index, vector) }
            return ConformanceReport(fileName: fileName, kind: kind.name, cases: cases)
        }
        return refusal(
            fileName, "no vectors of a known kind (\(kinds.map(\.name).joined(separator: ", ")))")
    }

    private static func refusal(_ fileName: String, _ reason: String) -> ConformanceReport {
        ConformanceReport(
            fileName: fileName, kind: "unknown", cases: [ConformanceCase(name: fileName, failure: reason)])
    }
}

/// The bounds of this module.
package enum ConformanceLimits {
    /// The largest file of vectors, in bytes.
    package static let maximumFileByteCount = 256 << 20
}
