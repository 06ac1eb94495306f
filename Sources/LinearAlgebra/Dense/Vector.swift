/// Arithmetic of vectors held as arrays or spans.
///
/// Sums run from the first element to the last in plain Swift: the same bits on every x86-64 processor, where
/// OpenBLAS's `ddot` differs between its kernels, and no slower at the lengths of one column.
package enum Vector {
    /// Returns the inner product.
    package static func dot(_ x: [Double], _ y: [Double]) -> Double {
        dot(x.span, y.span)
    }

    /// Returns the inner product.
    package static func dot(_ x: Span<Double>, _ y: Span<Double>) -> Double {
        precondition(x.count == y.count, "lengths differ: \(x.count) and \(y.count)")
        var sum = 0.0
        for index in x.indices { sum += x[index] * y[index] }
        return sum
    }

    /// Returns the Euclidean norm, without overflow or underflow in between.
    package static func norm(_ x: [Double]) -> Double {
        norm(x.span)
    }

    /// Returns the Euclidean norm, without overflow or underflow in between.
    package static func norm(_ x: Span<Double>) -> Double {
        let squared = dot(x, x)
        if squared.isFinite && squared > 0x1p-900 { return squared.squareRoot() }
        var largest = 0.0
        for index in x.indices {
            if x[index].isNaN { return .nan }
            largest = max(largest, x[index].magnitude)
        }
        guard largest > 0, largest.isFinite else { return largest }
        var sum = 0.0
        for index in x.indices {
            let scaled = x[index] / largest
            sum += scaled * scaled
        }
        return largest * sum.squareRoot()
    }

    /// Returns `y + factor * x`.
    package static func adding(_ x: [Double], scaledBy factor: Double = 1, to y: [Double]) -> [Double] {
        var result = y
        add(x, scaledBy: factor, to: &result)
        return result
    }

    /// Adds `factor * x` to `y`.
    package static func add(_ x: [Double], scaledBy factor: Double = 1, to y: inout [Double]) {
        precondition(x.count == y.count, "lengths differ: \(x.count) and \(y.count)")
        for index in y.indices { y[index] += factor * x[index] }
    }

    /// Returns `x - y`.
    package static func subtracting(_ y: [Double], from x: [Double]) -> [Double] {
        precondition(x.count == y.count, "lengths differ: \(x.count) and \(y.count)")
        return x.indices.map { x[$0] - y[$0] }
    }

    /// Returns `factor * x`.
    package static func scaled(_ x: [Double], by factor: Double) -> [Double] {
        x.map { factor * $0 }
    }
}
