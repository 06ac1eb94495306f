internal import Glibc
internal import LinearAlgebra
internal import Reporting
internal import SeededRandom
internal import TestSupport
internal import Testing

@Suite struct ModelsTests {
    private static let hasNumPy = unsafe system("python3 -c 'import numpy' 2>/dev/null") == 0

    private func model() throws -> SafeTensors {
        try SafeTensors(
            tensors: [
                .init(name: "W", matrix: Matrix(columns: [[1, 2, 3], [4, 5, 6]])),
                .init(name: "b", vector: [-0.0, .leastNonzeroMagnitude]),
                .init(name: "none", shape: [0, 3], elements: []),
                .init(name: "scalar", shape: [], elements: [.pi]),
            ], metadata: ["study": "digits", "note": "line\n\"quoted\""])
    }

    @Test("the bytes of a model are those of the format")
    func bytes() throws {
        let small = try SafeTensors(tensors: [.init(name: "w", vector: [1])], metadata: ["b": "2", "a": "1"])
        let header =
            #"{"__metadata__":{"a":"1","b":"2"},"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let length = header.utf8.count + padding.utf8.count
        let expected =
            [UInt8(length), 0, 0, 0, 0, 0, 0, 0] + Array((header + padding).utf8)
            + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
        #expect(small.bytes == expected)
    }

    @Test("models read back the same")
    func roundTrip() throws {
        let model = try model()
        let read = try SafeTensors(bytes: model.bytes)
        #expect(read == model)
        #expect(read.tensor(named: "W")?.matrix == Matrix(columns: [[1, 2, 3], [4, 5, 6]]))
        #expect(read.tensor(named: "W")?.elements == [1, 4, 2, 5, 3, 6])
        #expect(read.tensor(named: "b")?.matrix == nil)
        #expect(read.tensor(named: "b")?.elements.first?.sign == .minus)
        let empty = try SafeTensors(tensors: [])
        #expect(try SafeTensors(bytes: empty.bytes) == empty)
    }

    @Test("names that stand twice or are reserved, and shapes that do not fit, are refused")
    func invalid() {
        let tensor = SafeTensors.Tensor(name: "w", vector: [1])
        #expect(throws: ReportingError(.invalidModel, "")) { try SafeTensors(tensors: [tensor, tensor]) }
        #expect(throws: ReportingError(.invalidModel, "")) {
            try SafeTensors(tensors: [.init(name: "__metadata__", vector: [1])])
        }
        for shape in [[2], [-1, -1], [1, 2], [.max, .max]] {
            #expect(throws: ReportingError(.invalidModel, "")) {
                try SafeTensors.Tensor(name: "w", shape: shape, elements: [1])
            }
        }
    }

    @Test(
        "headers that break the format are refused",
        arguments: [
            "[]", "{\"w\":1}", "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,0]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[-8,0]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[-1],\"data_offsets\":[0,8]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[1.5],\"data_offsets\":[0,8]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[9223372036854775807,2],\"data_offsets\":[0,8]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[1]}}", "{}", "{\"__metadata__\":{\"a\":1}}",
            "{\"w\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"v\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
        ])
    func headers(text: String) {
        let bytes =
            [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) + [UInt8](repeating: 0, count: 8)
        #expect(throws: ReportingError(.malformedModel, "")) { try SafeTensors(bytes: bytes) }
    }

    @Test("cut or lying lengths are refused")
    func lengths() throws {
        let bytes = try model().bytes
        for count in 0..<bytes.count {
            #expect(throws: ReportingError.self, "\(count)") {
                try SafeTensors(bytes: Array(bytes[..<count]))
            }
        }
        #expect(throws: ReportingError(.malformedModel, "")) { try SafeTensors(bytes: bytes + [0]) }
        let bound = UInt64(ReportingLimits.modelHeaderByteCount)
        for (length, code) in [
            (bound, ReportingError.Code.malformedModel), (bound + 1, .tooLarge), (.max, .tooLarge),
        ] {
            let lying = (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + bytes[8...]
            #expect(throws: ReportingError(code, "")) { try SafeTensors(bytes: lying) }
        }
    }

    @Test("random changes end in an error or in a model", arguments: [1, 2, 3] as [UInt64])
    func fuzz(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let bytes = try model().bytes
        for _ in 0..<2_000 {
            var changed = bytes
            for _ in 0..<(1 + generator.integer(below: 4)) {
                changed[generator.integer(below: changed.count)] = UInt8(generator.integer(below: 256))
            }
            do { _ = try SafeTensors(bytes: changed) } catch is ReportingError {}
        }
    }

    @Test("an array's header is padded to 64 bytes and its elements follow")
    func numPyBytes() {
        let bytes = NumPyArrayFile.bytes([1, 2])
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"
        #expect(bytes.count == 128 + 16)
        #expect(bytes.prefix(10) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
        #expect(String(decoding: bytes[10..<128], as: UTF8.self).hasPrefix(header + " "))
        #expect(bytes[127] == 0x0A)
        #expect(bytes[128...] == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40])
        for size in [1, 10, 12_345, 123_456_789] {
            let matrix = Matrix(rowCount: 0, columnCount: size)
            #expect(NumPyArrayFile.bytes(matrix).count % 64 == 0)
        }
    }

    @Test("numpy reads what is written", .enabled(if: hasNumPy, "skipped: no python3 with numpy"))
    func numPy() throws {
        let folder = try TemporaryFolder()
        let matrix = Matrix(columns: [[1.5, -2, 0.1], [4, .leastNonzeroMagnitude, 6]])
        for order in NumPyArrayFile.Order.allCases {
            _ = try folder.write(NumPyArrayFile.bytes(matrix, order: order), to: "\(order).npy")
        }
        _ = try folder.write(NumPyArrayFile.bytes([0.1, -0.0]), to: "vector.npy")
        _ = try folder.write(NumPyArrayFile.bytes(Matrix(rowCount: 0, columnCount: 3)), to: "empty.npy")
        _ = try folder.write(model().bytes, to: "model.safetensors")
        let script = """
            import json, numpy as np
            expected = np.array([[1.5, 4], [-2, 5e-324], [0.1, 6]])
            for order in ["rowMajor", "columnMajor"]:
                a = np.load("\(folder.path)/" + order + ".npy", allow_pickle=False)
                assert a.dtype == np.float64 and a.shape == (3, 2) and (a == expected).all()
                assert a.flags.f_contiguous == (order == "columnMajor")
            v = np.load("\(folder.path)/vector.npy")
            assert v.tobytes() == np.array([0.1, -0.0]).tobytes()
            assert np.load("\(folder.path)/empty.npy").shape == (0, 3)
            raw = open("\(folder.path)/model.safetensors", "rb").read()
            n = int.from_bytes(raw[:8], "little")
            h = json.loads(raw[8:8 + n]); data = raw[8 + n:]
            assert n % 8 == 0 and h["__metadata__"] == {"study": "digits", "note": 'line\\n"quoted"'}
            def tensor(k):
                b, e = h[k]["data_offsets"]
                return np.frombuffer(data[b:e], "<f8").reshape(h[k]["shape"])
            assert (tensor("W") == [[1, 4], [2, 5], [3, 6]]).all() and tensor("none").shape == (0, 3)
            assert tensor("scalar") == np.pi and list(h) == ["__metadata__", "W", "b", "none", "scalar"]
            """
        let path = try folder.write(script, to: "check.py")
        #expect(unsafe system("python3 '\(path)'") == 0)
    }
}
