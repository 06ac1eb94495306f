/// Reads an `.npy` file from its start to its end.
struct NumPyFileReader: NumPyByteSource {
    private let file: InputFile
    private var givenByteCount = 0

    /// Creates a reader at the file's start.
    init(file: InputFile) {
        self.file = file
    }

    var place: String { file.path }

    var remainingByteCount: Int { file.byteCount - givenByteCount }

    mutating func read(into buffer: inout [UInt8], from index: Int) throws -> Int {
        let wanted = min(buffer.count - index, remainingByteCount)
        let count = try file.read(into: &buffer, from: index, upTo: index + wanted, at: givenByteCount)
        guard count == wanted else {
            throw DatasetsError(.changedWhileRead, "\(place): became shorter while it was read")
        }
        givenByteCount += count
        return count
    }

    /// Nothing is left to check: a file of its own has no checksum.
    func finish() {}
}
