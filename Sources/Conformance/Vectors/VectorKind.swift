/// One kind of test vectors: how its vectors are found in a file, and how one of them is run.
struct VectorKind: Sendable {
    let name: String
    /// Returns the vectors of this kind in a document, none when it is of another kind.
    let vectors: @Sendable (JSONValue) -> [JSONValue]
    /// Runs the vector at a position of the file.
    let run: @Sendable (Int, JSONValue) -> ConformanceCase
}
