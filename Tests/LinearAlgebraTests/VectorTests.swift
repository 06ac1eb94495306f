internal import LinearAlgebra
internal import Testing

@Suite struct VectorTests {
    @Test("inner product, sum and difference of small integers are exact")
    func arithmetic() {
        #expect(Vector.dot([1, 2, 3], [4, 5, 6]) == 32)
        #expect(Vector.adding([1, 2], scaledBy: 3, to: [10, 20]) == [13, 26])
        #expect(Vector.subtracting([1, 2], from: [10, 20]) == [9, 18])
        #expect(Vector.scaled([1, -2], by: 3) == [3, -6])
        #expect(Vector.norm([3, 4]) == 5)
    }

    @Test("eight partial sums are added up, then the rest from the first element to the last")
    func order() {
        #expect(Vector.dot([0x1p60, 1, -0x1p60], [1, 1, 1]) == 0)
        #expect(Vector.dot([0x1p60, -0x1p60, 1], [1, 1, 1]) == 1)
        // Elements 0 and 8 belong to one sum, 0 and 1 to two.
        let zeros = [Double](repeating: 0, count: 7)
        let ones = [Double](repeating: 1, count: 17)
        #expect(Vector.dot([0x1p60] + zeros + [-0x1p60] + zeros + [1], ones) == 1)
        #expect(Vector.dot([0x1p60] + zeros + [1] + zeros + [-0x1p60], ones) == 0)
    }

    @Test("products and sums of every length are those of the integers")
    func lengths() {
        for count in 0...40 {
            let x = (0..<count).map(Double.init)
            let y = x.map { 2 * $0 + 1 }
            #expect(Vector.dot(x, y) == zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }, "\(count) elements")
            #expect(Vector.moving(x, towards: y, by: 0.5) == zip(x, y).map { ($0 + $1) / 2 })
            #expect(Vector.largestMagnitude(y.map { -$0 }) == y.last ?? 0)
        }
        #expect(Vector.largestMagnitude([1, .nan, .infinity]).isNaN)
    }

    @Test("a step in one pass has the bits of its parts on their own")
    func step() {
        for count in 0...40 {
            let x = (0..<count).map { 1 / Double($0 + 1) }
            let y = x.map { 0.3 - $0 * $0 }
            let step = Vector.step(x.span, towards: y, by: 0.7)
            let difference = Vector.subtracting(x, from: y)
            #expect(step.result == Vector.moving(x, towards: y, by: 0.7), "\(count) elements")
            #expect(step.squaredDistance == Vector.dot(difference, difference), "\(count) elements")
            #expect(step.squaredTarget == Vector.dot(y, y), "\(count) elements")
            #expect(step.squaredNorm == Vector.dot(step.result, step.result), "\(count) elements")
            #expect(
                Vector.adding(y, scaledBy: 3, to: x, timesScale: 0.1)
                    == Vector.scaled(Vector.adding(y, scaledBy: 3, to: x), by: 0.1), "\(count) elements")
        }
    }

    @Test("an infinity or a NaN is the largest magnitude wherever it stands", arguments: 1...5)
    func largestOfNotFinite(count: Int) {
        for position in 0..<count {
            var x = (0..<count).map { -Double($0) }
            x[position] = -.infinity
            #expect(Vector.largestMagnitude(x) == .infinity, "\(x)")
            x[position] = .nan
            #expect(Vector.largestMagnitude(x).isNaN, "\(x)")
        }
    }

    @Test("the norm neither overflows nor underflows", arguments: [1e200, 1e-200, 0x1p-1070])
    func extremeNorms(_ scale: Double) {
        let norm = Vector.norm([3 * scale, 4 * scale])
        #expect((norm - 5 * scale).magnitude <= 1e-15 * 5 * scale + .leastNonzeroMagnitude)
        let x = [3 * scale, 4 * scale]
        #expect(Vector.norm(x, squared: Vector.dot(x, x)) == norm)
    }

    @Test("the norm of nothing is 0, of an infinity infinite, of a NaN a NaN")
    func specialNorms() {
        #expect(Vector.norm([Double]()) == 0)
        #expect(Vector.norm([0, 0]) == 0)
        #expect(Vector.norm([1, -.infinity]) == .infinity)
        #expect(Vector.norm([1, .nan]).isNaN)
    }
}
