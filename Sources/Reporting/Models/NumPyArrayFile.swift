package import LinearAlgebra

/// Arrays in numpy's `.npy` format, version 1.0, float64 little-endian (numpy.lib.format).
package enum NumPyArrayFile {
    /// The order of a matrix's elements in the file; numpy reads both alike.
    package enum Order: Sendable, CaseIterable {
        /// Row by row, `fortran_order: False`.
        case rowMajor
        /// Column by column, `fortran_order: True`; as ``LinearAlgebra/Matrix`` stores them.
        case columnMajor
    }

    /// Returns the bytes of a file that holds a matrix.
    package static func bytes(_ matrix: Matrix, order: Order = .rowMajor) -> [UInt8] {
        let isRowMajor = order == .rowMajor
        var bytes = header(shape: "(\(matrix.rowCount), \(matrix.columnCount))", isColumnMajor: !isRowMajor)
        LittleEndian.append(isRowMajor ? RowMajor.elements(of: matrix) : matrix.elements, to: &bytes)
        return bytes
    }

    /// Returns the bytes of a file that holds a vector.
    package static func bytes(_ vector: [Double]) -> [UInt8] {
        var bytes = header(shape: "(\(vector.count),)", isColumnMajor: false)
        LittleEndian.append(vector, to: &bytes)
        return bytes
    }

    private static func header(shape: String, isColumnMajor: Bool) -> [UInt8] {
        let order = isColumnMajor ? "True" : "False"
        var text = Array("{'descr': '<f8', 'fortran_order': \(order), 'shape': \(shape), }".utf8)
        // Magic, version and length are 10 bytes; a line feed ends the header at a multiple of 64.
        while (10 + text.count + 1) % 64 != 0 { text.append(UInt8(ascii: " ")) }
        text.append(UInt8(ascii: "\n"))
        return [0x93] + Array("NUMPY".utf8) + [1, 0] + LittleEndian.bytes(of: UInt16(text.count)) + text
    }
}
