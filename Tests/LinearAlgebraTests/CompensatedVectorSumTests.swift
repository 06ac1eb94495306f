internal import LinearAlgebra
internal import SeededRandom
internal import Testing

@Suite struct CompensatedVectorSumTests {
    @Test("what cancels leaves what is small, as twice the precision holds it")
    func cancellation() {
        var sum = CompensatedVectorSum(dimension: 2)
        sum.replace([0, 0], by: [0x1p60, 1])
        sum.replace([0, 0], by: [0x1p-20, 0x1p-60])
        #expect(sum.value == [0x1p60, 1])
        sum.replace([0x1p60, 1], by: [0, 0])
        #expect(sum.value == [0x1p-20, 0x1p-60])
    }

    @Test("after thousands of changes the sum is that of the present vectors, rounded once")
    func manyChanges() {
        let seed: UInt64 = 5
        var generator = SeededGenerator(seed: seed)
        var vectors = [[Double]](repeating: [0, 0, 0], count: 7)
        var sum = CompensatedVectorSum(dimension: 3)
        for _ in 0..<5_000 {
            let index = generator.integer(below: vectors.count)
            // Whole numbers: their sum is exact.
            let new = (0..<3).map { _ in (0x1p40 * generator.normal()).rounded() }
            sum.replace(vectors[index], by: new)
            vectors[index] = new
        }
        let expected = (0..<3).map { row in vectors.reduce(0) { $0 + $1[row] } }
        #expect(sum.value == expected, "seed \(seed)")
    }
}
