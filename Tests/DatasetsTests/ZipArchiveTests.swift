internal import FoundationEssentials
internal import Glibc
internal import LinearAlgebra
internal import SeededRandom
internal import TestSupport
internal import Testing

@testable internal import Datasets

@Suite struct ZipArchiveTests {
    /// numpy 2.4.6: `numpy.savez_compressed(f, X=numpy.arange(12.).reshape(4, 3) ** 2,
    /// y=numpy.array([1, -1, 1, -1], dtype="int8"), task=numpy.array([2, 1, 2, 10]))`.
    static let compressed = """
        UEsDBC0AAAAIAAAAIQDgu0AH//////////8FABQAWC5ucHkBABAA4AAAAAAAAABqAAAAAAAAAJvsF+obEMnIUMZQ\
        rZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6CsaaOgq1CmQDLgYU8MEeQgs4\
        QGglKG0ApS2htBOEbvCA8gMgtEMIlB8J5cc5AABQSwMELQAAAAgAAAAhAHxopmf//////////wUAFAB5Lm5weQEA\
        EACEAAAAAAAAAEgAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXpNpqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4F\
        ihdnJBakAvkaJjqaOgq1ChQALsb/jP8BUEsDBC0AAAAIAAAAIQD91VD2//////////8IABQAdGFzay5ucHkBABAA\
        oAAAAAAAAABPAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoX\
        ZyQWpAL5GiY6mjoKtQoUAC4mBghghNIwPheUBgBQSwECLQMtAAAACAAAACEA4LtAB2oAAADgAAAABQAAAAAAAAAA\
        AAAAgAEAAAAAWC5ucHlQSwECLQMtAAAACAAAACEAfGimZ0gAAACEAAAABQAAAAAAAAAAAAAAgAGhAAAAeS5ucHlQ\
        SwECLQMtAAAACAAAACEA/dVQ9k8AAACgAAAACAAAAAAAAAAAAAAAgAEgAQAAdGFzay5ucHlQSwUGAAAAAAMAAwCc\
        AAAAqQEAAAAA
        """

    private func load(_ bytes: [UInt8], _ options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        let folder = try TemporaryFolder()
        return try Dataset.load(path: folder.write(bytes, to: "data.npz"), options: options)
    }

    /// The options of the deflated archive, which names its tasks.
    private static let withTasks = DatasetOptions(taskColumn: "task")

    private func fault(_ bytes: [UInt8]) -> DatasetsError? {
        #expect(throws: DatasetsError.self) { try load(bytes) }
    }

    private func compressedBytes() throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: Self.compressed)))
    }

    @Test("an archive that numpy deflated is read")
    func deflated() throws {
        let dataset = try load(compressedBytes(), Self.withTasks)
        #expect(dataset.tasks.map(\.name) == ["1", "2", "10"])
        #expect(dataset.tasks[1].features == Matrix(columns: [[0, 36], [1, 49], [4, 64]]))
        #expect(dataset.tasks.map(\.targets) == [[-1], [1, 1], [-1]])
    }

    @Test("no change or cut of one byte makes anything but an error or the same data")
    func mutations() throws {
        let bytes = try compressedBytes()
        let folder = try TemporaryFolder()
        let expected = try load(bytes, Self.withTasks)
        var refusals = 0
        for index in bytes.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] ^= change
                let path = try folder.write(changed, to: "data.npz")
                do {
                    // Times and comments may change without harm.
                    let dataset = try Dataset.load(path: path, options: Self.withTasks)
                    #expect(dataset == expected, "byte \(index)")
                } catch is DatasetsError {
                    refusals += 1
                }
            }
            let path = try folder.write(Array(bytes[..<index]), to: "data.npz")
            #expect(throws: DatasetsError.self) { try Dataset.load(path: path, options: Self.withTasks) }
        }
        #expect(refusals > bytes.count)
    }

    @Test("random changes end in an error or in data", arguments: [1, 2] as [UInt64])
    func fuzz(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let bytes = try compressedBytes()
        let folder = try TemporaryFolder()
        for _ in 0..<500 {
            var changed = bytes
            for _ in 0..<(1 + generator.integer(below: 6)) {
                changed[generator.integer(below: changed.count)] = UInt8(generator.integer(below: 256))
            }
            let path = try folder.write(changed, to: "data.npz")
            do { _ = try Dataset.load(path: path, options: Self.withTasks) } catch is DatasetsError {}
        }
    }

    @Test("features that the archive does not read are refused")
    func unsupported() {
        let good = ZipBuilder.Member(name: "X.npy", bytes: ZipBuilder.array([1], shape: "(1, 1)"))
        func fault(_ change: (inout ZipBuilder.Member) -> Void) -> DatasetsError? {
            var member = good
            change(&member)
            return self.fault(ZipBuilder(members: [member]).bytes)
        }
        #expect(fault { $0.flags = 1 }?.message.contains("encrypted") == true)
        #expect(fault { $0.method = 12 }?.message.contains("method 12") == true)
        #expect(fault { $0.byteCount = .max }?.message.contains("ZIP64") == true)
        #expect(fault { $0.storedByteCount = .max }?.message.contains("ZIP64") == true)
        #expect(fault { $0.byteCount = 7 }?.message.contains("two sizes") == true)
        #expect(
            fault {
                $0.storedByteCount = 1 << 30; $0.byteCount = 1 << 30
            }?.code == .malformedArchive)
        #expect(fault { $0.method = 8 }?.code == .malformedArchive)
        #expect(fault { $0.name = "../\u{1}.npy" }?.code == .unsuitableArray)
    }

    @Test("a wrong checksum is refused")
    func checksum() {
        let members = [
            ZipBuilder.Member(name: "X.npy", bytes: ZipBuilder.array([1], shape: "(1, 1)"), checksum: 1),
            ZipBuilder.Member(name: "y.npy", bytes: ZipBuilder.array([1], shape: "(1,)")),
        ]
        let fault = fault(ZipBuilder(members: members).bytes)
        #expect(fault?.code == .malformedArchive && fault?.message.contains("checksum") == true)
    }

    @Test("directories that lie are refused")
    func directories() {
        let member = ZipBuilder.Member(name: "X.npy", bytes: ZipBuilder.array([1], shape: "(1, 1)"))
        var builder = ZipBuilder(members: [member])
        builder.declaredMemberCount = 2
        #expect(fault(builder.bytes)?.message.contains("entry 2") == true)
        builder.declaredMemberCount = .max
        #expect(fault(builder.bytes)?.message.contains("ZIP64") == true)
        builder.declaredMemberCount = nil
        builder.declaredDirectoryOffset = .max
        #expect(fault(builder.bytes)?.message.contains("ZIP64") == true)
        builder.declaredDirectoryOffset = .max - 1
        #expect(fault(builder.bytes)?.message.contains("outside the file") == true)
        builder.declaredDirectoryOffset = 0
        #expect(fault(builder.bytes)?.message.contains("entry 1") == true)
        #expect(fault([])?.code == .malformedArchive)
        #expect(fault([UInt8](repeating: 0x50, count: 100_000))?.code == .malformedArchive)
    }

    @Test("an archive may have as many members as the bound and no more", arguments: [-1, 0, 1])
    func memberBound(excess: Int) throws {
        var members = [
            ZipBuilder.Member(name: "X.npy", bytes: ZipBuilder.array([1], shape: "(1, 1)")),
            ZipBuilder.Member(name: "y.npy", bytes: ZipBuilder.array([1], shape: "(1,)")),
        ]
        for index in members.count..<(DatasetsLimits.archiveMemberCount + excess) {
            members.append(ZipBuilder.Member(name: "\(index)", bytes: []))
        }
        let bytes = ZipBuilder(members: members).bytes
        if excess <= 0 {
            #expect(try load(bytes).recordCount == 1)
        } else {
            #expect(fault(bytes)?.code == .tooLarge)
        }
    }

    @Test(
        "deflate data longer or shorter than the declared size is refused", arguments: [-9, -1, 0, 1, 70_000])
    func inflatedSize(excess: Int) throws {
        let array = ZipBuilder.array([1], shape: "(1, 1)")
        let content = excess < 0 ? array.dropLast(-excess) : array + [UInt8](repeating: 0, count: excess)
        // Stored blocks (RFC 1951, section 3.2.4): a flag byte, the length, its complement, the bytes.
        var deflated: [UInt8] = []
        var rest = content[...]
        repeat {
            let block = rest.prefix(60_000)
            rest = rest.dropFirst(block.count)
            let length = UInt16(block.count)
            deflated +=
                [rest.isEmpty ? 1 : 0] + ZipBuilder.little(length) + ZipBuilder.little(~length) + block
        } while !rest.isEmpty
        let members = [
            ZipBuilder.Member(
                name: "X.npy", bytes: deflated, method: 8, checksum: ZipBuilder.checksum(array),
                byteCount: UInt32(array.count)),
            ZipBuilder.Member(name: "y.npy", bytes: ZipBuilder.array([1], shape: "(1,)")),
        ]
        let bytes = ZipBuilder(members: members).bytes
        if excess == 0 {
            #expect(try load(bytes).tasks[0].features.elements == [1])
        } else {
            let expected = excess < 0 ? "ends early" : "longer than declared"
            #expect(fault(bytes)?.message.contains(expected) == true)
        }
    }

    @Test("a declared size that does not fit the array, or that deflate cannot reach, is refused")
    func declaredSize() throws {
        let bytes = try compressedBytes()
        let folder = try TemporaryFolder()
        // The directory entry of X.npy: its declared size stands 24 bytes after the signature.
        let entry = try #require(
            bytes.indices.first { Array(bytes[$0...].prefix(4)) == [0x50, 0x4B, 0x01, 0x02] })
        for change in [-1, 1, 100] {
            var changed = bytes
            let declared = Int(changed[entry + 24]) | Int(changed[entry + 25]) << 8
            changed[entry + 24] = UInt8(truncatingIfNeeded: declared + change)
            changed[entry + 25] = UInt8(truncatingIfNeeded: (declared + change) >> 8)
            let path = try folder.write(changed, to: "data.npz")
            #expect(throws: DatasetsError(.malformedArray, "")) { try Dataset.load(path: path) }
        }
        var changed = bytes
        changed[entry + 27] = 0x7F
        let path = try folder.write(changed, to: "data.npz")
        #expect(throws: DatasetsError(.malformedArchive, "")) { try Dataset.load(path: path) }
    }

    @Test("inflating gives what zlib deflated, whatever the sizes of input and output pieces")
    func pieces() throws {
        let bytes = try compressedBytes()
        let folder = try TemporaryFolder()
        let file = try InputFile(path: folder.write(bytes, to: "data.npz"))
        let member = try #require(try ZipArchive(file: file).members.first { $0.name == "X.npy" })
        let deflated = Array(bytes[member.offset..<(member.offset + member.storedByteCount)])
        var whole: [UInt8] = []
        for inputSize in 1...7 {
            for outputSize in [1, 3, 64] {
                let inflater = try RawInflater()
                var result: [UInt8] = []
                var position = 0
                while !inflater.isFinished {
                    var output = [UInt8](repeating: 0, count: outputSize)
                    let end = min(position + inputSize, deflated.count)
                    let step = try #require(
                        inflater.inflate(deflated, position..<end, into: &output, from: 0))
                    position += step.taken
                    result += output[..<step.given]
                }
                if whole.isEmpty { whole = result }
                #expect(result == whole)
            }
        }
        #expect(whole.count == member.byteCount)
    }

    @Test(
        "what numpy writes is read: stored and deflated, C and Fortran order, all types",
        .enabled(
            if: unsafe system("python3 -c 'import numpy' 2>/dev/null") == 0, "skipped: no python3 with numpy")
    )
    func numpy() throws {
        let folder = try TemporaryFolder()
        let script = """
            import numpy as np
            g = np.random.default_rng(1)
            for name in ["f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "bool"]:
                x = g.normal(size=(6000, 3)) * 50
                x = (abs(x) if name[0] == "u" else x).astype(name)
                for order in "CF":
                    for save in [np.savez, np.savez_compressed]:
                        save("\(folder.path)/" + name + order + save.__name__ + ".npz",
                            X=np.array(x, order=order), y=x[:, 0], task=np.arange(6000) % 2)
                np.savetxt("\(folder.path)/" + name + ".csv", np.c_[np.arange(6000) % 2, x.astype(float), x[:, 0].astype(float)],
                    fmt="%.17g", delimiter=",", header="task,x1,x2,x3,y", comments="")
            """
        let path = try folder.write(script, to: "make.py")
        #expect(unsafe system("python3 '\(path)'") == 0)
        for name in ["f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "bool"] {
            let expected = try Dataset.load(
                path: "\(folder.path)/\(name).csv", options: DatasetOptions(taskColumn: "task"))
            for variant in ["Csavez", "Fsavez", "Csavez_compressed", "Fsavez_compressed"] {
                let dataset = try Dataset.load(
                    path: "\(folder.path)/\(name)\(variant).npz", options: Self.withTasks)
                #expect(dataset == expected, "\(name) \(variant)")
            }
        }
    }
}
