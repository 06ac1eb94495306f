/// Reads a member of a ZIP archive from its start to its end, in chunks, and checks its checksum.
struct ZipMemberReader {
    private let file: InputFile
    private let member: ZipArchive.Member
    private let inflater: RawInflater?
    private var input: [UInt8]
    private var inputRange = 0..<0
    private var takenByteCount = 0
    private var givenByteCount = 0
    private var checksum = ZipChecksum()

    /// Creates a reader at the member's start.
    init(file: InputFile, member: ZipArchive.Member) throws {
        self.file = file
        self.member = member
        inflater = member.isDeflated ? try RawInflater() : nil
        input = member.isDeflated ? [UInt8](repeating: 0, count: DatasetsLimits.chunkByteCount) : []
    }

    /// The bytes of the member not yet given.
    var remainingByteCount: Int { member.byteCount - givenByteCount }

    /// File and member, for messages.
    var place: String { "\(file.path), array \(MessageText.quoted(member.name))" }

    /// Fills `buffer` from `index` on, as far as the member goes.
    ///
    /// - Returns: The number of bytes given; less than fit only at the member's end.
    mutating func read(into buffer: inout [UInt8], from index: Int) throws -> Int {
        let wanted = min(buffer.count - index, remainingByteCount)
        var end = index
        while end < index + wanted {
            if let inflater {
                end += try inflateOnce(inflater, into: &buffer, from: end)
            } else {
                let count = try file.read(
                    into: &buffer, from: end, upTo: index + wanted, at: member.offset + givenByteCount)
                guard count == wanted else {
                    throw DatasetsError(.changedWhileRead, "\(place): became shorter while it was read")
                }
                end += count
            }
        }
        // Inflating may run past `wanted` where the member is longer than its directory says.
        guard end - index <= wanted else { throw damaged("is longer than declared") }
        checksum.update(buffer, range: index..<end)
        givenByteCount += wanted
        return wanted
    }

    /// Checks that the member ends here and that its bytes are those that were archived.
    mutating func finish() throws {
        if let inflater {
            var probe: [UInt8] = [0]
            while !inflater.isFinished {
                guard try inflateOnce(inflater, into: &probe, from: 0) == 0 else {
                    throw damaged("is longer than declared")
                }
            }
        }
        guard checksum.checksum == member.checksum else {
            throw damaged("has another checksum than declared")
        }
    }

    private mutating func inflateOnce(
        _ inflater: RawInflater, into buffer: inout [UInt8], from index: Int
    ) throws -> Int {
        if inputRange.isEmpty {
            let count = min(input.count, member.storedByteCount - takenByteCount)
            guard
                try file.read(into: &input, from: 0, upTo: count, at: member.offset + takenByteCount) == count
            else { throw DatasetsError(.changedWhileRead, "\(place): became shorter while it was read") }
            takenByteCount += count
            inputRange = 0..<count
        }
        guard !inflater.isFinished else { throw damaged("ends early") }
        guard let (taken, given) = inflater.inflate(input, inputRange, into: &buffer, from: index) else {
            throw damaged("does not inflate")
        }
        inputRange = (inputRange.lowerBound + taken)..<inputRange.upperBound
        // Without input and without output, another call would do the same again.
        if taken == 0, given == 0, !inflater.isFinished { throw damaged("ends early") }
        return given
    }

    private func damaged(_ fault: String) -> DatasetsError {
        DatasetsError(.malformedArchive, "\(place): \(fault); the file is damaged")
    }
}
