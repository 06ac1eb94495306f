package import LinearAlgebra

/// A model file in the safetensors format: float64 tensors by name, and metadata strings.
///
/// The format (huggingface/safetensors, "Format"): 8 bytes of header length, little-endian; a JSON header
/// `{"name": {"dtype": "F64", "shape": [...], "data_offsets": [begin, end]}, "__metadata__": {...}}`; the
/// tensors, row-major, one after the other without gaps. The header is padded with spaces so that the tensors
/// begin at a multiple of 8.
package struct SafeTensors: Sendable, Equatable {
    /// A tensor of float64.
    package struct Tensor: Sendable, Equatable {
        /// The name, not `__metadata__`.
        package let name: String
        /// The lengths of the dimensions.
        package let shape: [Int]
        /// The elements, row-major.
        package let elements: [Double]

        /// Creates a vector.
        package init(name: String, vector: [Double]) {
            self.name = name
            shape = [vector.count]
            elements = vector
        }

        /// Creates a tensor of two dimensions, shape [rows, columns].
        package init(name: String, matrix: Matrix) {
            self.name = name
            shape = [matrix.rowCount, matrix.columnCount]
            elements = RowMajor.elements(of: matrix)
        }

        /// Creates a tensor of any shape.
        ///
        /// - Throws: ``ReportingError`` `invalidModel` when shape and elements do not fit.
        package init(name: String, shape: [Int], elements: [Double]) throws {
            guard Self.elementCount(of: shape) == elements.count else {
                throw ReportingError(
                    .invalidModel,
                    "tensor \"\(name)\": \(elements.count) elements do not fit the shape \(shape)")
            }
            self.name = name
            self.shape = shape
            self.elements = elements
        }

        /// The matrix that a tensor of two dimensions is, or nil.
        package var matrix: Matrix? {
            guard shape.count == 2 else { return nil }
            return RowMajor.matrix(rowCount: shape[0], columnCount: shape[1], elements: elements)
        }

        /// Returns the number of elements of a shape; nil when it has a negative length or overflows.
        static func elementCount(of shape: [Int]) -> Int? {
            var count = 1
            for length in shape {
                let (product, overflows) = count.multipliedReportingOverflow(by: length)
                guard length >= 0, !overflows else { return nil }
                count = product
            }
            return count
        }
    }

    /// The key of the metadata in the header, which no tensor may have as its name.
    static let metadataKey = "__metadata__"

    /// The tensors, in the order of the file.
    package let tensors: [Tensor]
    /// The metadata.
    package let metadata: [String: String]

    /// Creates a model.
    ///
    /// - Throws: ``ReportingError`` `invalidModel` when a name stands twice or is reserved.
    package init(tensors: [Tensor], metadata: [String: String] = [:]) throws {
        var names: Set<String> = [Self.metadataKey]
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else {
                throw ReportingError(
                    .invalidModel, "the tensor name \"\(tensor.name)\" is reserved or stands twice")
            }
        }
        self.tensors = tensors
        self.metadata = metadata
    }

    /// Returns the tensor of that name, or nil.
    package func tensor(named name: String) -> Tensor? {
        tensors.first { $0.name == name }
    }

    /// The bytes of the file; the same model gives the same bytes.
    package var bytes: [UInt8] {
        var header = JSONObject()
        if !metadata.isEmpty {
            var object = JSONObject()
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
            header[Self.metadataKey] = .object(object)
        }
        var offset = 0
        for tensor in tensors {
            let end = offset + 8 * tensor.elements.count
            header[tensor.name] = [
                "dtype": "F64", "shape": .array(tensor.shape.map { JSONValue($0) }),
                "data_offsets": [JSONValue(offset), JSONValue(end)],
            ]
            offset = end
        }
        var text = JSONValue.object(header).utf8
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        var bytes = LittleEndian.bytes(of: UInt64(text.count))
        bytes.reserveCapacity(8 + text.count + offset)
        bytes += text
        for tensor in tensors { LittleEndian.append(tensor.elements, to: &bytes) }
        return bytes
    }
}
