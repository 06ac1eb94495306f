package import LinearAlgebra

/// Images of fewer pixels.
package enum ImageGrid {
    /// Returns the mean of each cell of a square grid over each image, from 0 to 1; a pixel that cells share counts in
    /// each by its area.
    ///
    /// - Parameter bytes: Images one after another, each row by row.
    /// - Returns: Shape [images, gridSize^2].
    package static func averages(of bytes: [UInt8], rows: Int, columns: Int, gridSize: Int) -> Matrix {
        let pixelCount = rows * columns
        precondition(
            gridSize >= 1 && pixelCount > 0 && bytes.count.isMultiple(of: pixelCount),
            "\(bytes.count) bytes are not whole images of \(rows) x \(columns)")
        let imageCount = bytes.count / pixelCount
        let rowShares = shares(of: rows, gridSize: gridSize)
        let columnShares = shares(of: columns, gridSize: gridSize)
        var elements: [Double] = []
        elements.reserveCapacity(imageCount * gridSize * gridSize)
        for rowShare in rowShares {
            for columnShare in columnShares {
                for image in 0..<imageCount {
                    var sum = 0.0
                    for (row, height) in rowShare {
                        let start = image * pixelCount + row * columns
                        for (column, width) in columnShare {
                            sum += height * width * Double(bytes[start + column])
                        }
                    }
                    elements.append(sum / 255)
                }
            }
        }
        return Matrix(rowCount: imageCount, columnCount: gridSize * gridSize, elements: elements)
    }

    /// Returns, for each cell along one side, the pixels that it covers and which part of the cell each is.
    private static func shares(of count: Int, gridSize: Int) -> [[(pixel: Int, share: Double)]] {
        let size = Double(count) / Double(gridSize)
        return (0..<gridSize).map { cell in
            let (start, end) = (Double(cell) * size, Double(cell + 1) * size)
            return (0..<count).compactMap { pixel in
                let overlap = min(end, Double(pixel + 1)) - max(start, Double(pixel))
                return overlap > 1e-9 ? (pixel, overlap / size) : nil
            }
        }
    }
}
