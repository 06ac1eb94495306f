internal import Experiments
internal import LinearAlgebra
internal import Testing

@Suite("Images on a coarser grid")
struct ImageGridTests {
    @Test("cells are means of their pixels, shared ones counted by area")
    func averages() {
        // One row of three pixels over two cells: the middle one is shared in halves.
        let image: [UInt8] = [255, 0, 51, 255, 0, 51, 255, 0, 51]
        let grid = ImageGrid.averages(of: image, rows: 3, columns: 3, gridSize: 2)
        #expect(grid.rowCount == 1 && grid.columnCount == 4)
        for (value, expected) in zip(grid.row(0), [2.0 / 3, 2.0 / 15, 2.0 / 3, 2.0 / 15]) {
            #expect(abs(value - expected) < 1e-14)
        }
    }

    @Test("a grid as fine as the image is the image, and images stay apart")
    func identity() {
        let images: [UInt8] = [0, 51, 102, 153, 255, 204, 0, 0]
        let grid = ImageGrid.averages(of: images, rows: 2, columns: 2, gridSize: 2)
        for (image, row) in [[0, 0.2, 0.4, 0.6], [1, 0.8, 0, 0]].enumerated() {
            for (value, expected) in zip(grid.row(image), row) { #expect(abs(value - expected) < 1e-14) }
        }
    }

    @Test("a uniform image stays uniform on any grid", arguments: [1, 3, 10, 28])
    func uniform(gridSize: Int) {
        let grid = ImageGrid.averages(
            of: [UInt8](repeating: 255, count: 784), rows: 28, columns: 28, gridSize: gridSize)
        #expect(grid.columnCount == gridSize * gridSize)
        #expect(grid.elements.allSatisfy { abs($0 - 1) < 1e-12 })
    }
}
