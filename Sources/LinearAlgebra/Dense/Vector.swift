/// Arithmetic of vectors held as arrays or spans.
///
/// Everything is summed in one fixed order in Swift: the same bits on every x86-64 processor, where OpenBLAS's
/// `ddot` differs between its kernels.
package enum Vector {
    /// Returns the inner product.
    package static func dot(_ x: [Double], _ y: [Double]) -> Double {
        dot(x.span, y.span)
    }

    /// Returns the inner product: eight interleaved partial sums, then their sum.
    ///
    /// Added one by one each term would wait for the one before, four times as long at 10,000 elements.
    package static func dot(_ x: Span<Double>, _ y: Span<Double>) -> Double {
        precondition(x.count == y.count, "lengths differ: \(x.count) and \(y.count)")
        let end = x.count - x.count % 8
        let partial = unsafe x.withUnsafeBytes { x in
            unsafe y.withUnsafeBytes { y in
                var partial = SIMD8<Double>()
                for offset in stride(from: 0, to: end * MemoryLayout<Double>.stride, by: 64) {
                    let left = unsafe x.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
                    partial += unsafe left * y.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
                }
                return partial
            }
        }
        var sum = partial.sum()
        for index in end..<x.count { sum += x[index] * y[index] }
        return sum
    }

    /// Returns the Euclidean norm, without overflow or underflow in between.
    package static func norm(_ x: [Double]) -> Double {
        norm(x.span)
    }

    /// Returns the Euclidean norm, without overflow or underflow in between.
    package static func norm(_ x: Span<Double>) -> Double {
        norm(x, squared: dot(x, x))
    }

    /// Returns the Euclidean norm of a vector whose inner product with itself is known.
    package static func norm(_ x: [Double], squared: Double) -> Double {
        norm(x.span, squared: squared)
    }

    private static func norm(_ x: Span<Double>, squared: Double) -> Double {
        if squared.isFinite && squared > 0x1p-900 { return squared.squareRoot() }
        let largest = largestMagnitude(x)
        guard largest > 0, largest.isFinite else { return largest }
        var sum = 0.0
        for index in x.indices {
            let scaled = x[index] / largest
            sum += scaled * scaled
        }
        return largest * sum.squareRoot()
    }

    /// Returns the largest absolute value, 0 of no element; a NaN where there is one.
    package static func largestMagnitude(_ x: [Double]) -> Double {
        largestMagnitude(x.span)
    }

    private static func largestMagnitude(_ x: Span<Double>) -> Double {
        // Two by two first: x - x is +0 unless x is infinite or a NaN, for which comparisons do not do.
        var largest = SIMD2<Double>()
        var deviation = SIMD2<UInt64>()
        let end = x.count - x.count % 2
        unsafe x.withUnsafeBytes { x in
            for offset in stride(from: 0, to: end * MemoryLayout<Double>.stride, by: 16) {
                let pair = unsafe x.loadUnaligned(fromByteOffset: offset, as: SIMD2<Double>.self)
                let magnitudes = unsafe unsafeBitCast(
                    unsafeBitCast(pair, to: SIMD2<UInt64>.self) & SIMD2(repeating: .max >> 1),
                    to: SIMD2<Double>.self)
                largest.replace(with: magnitudes, where: magnitudes .> largest)
                deviation |= unsafe unsafeBitCast(pair - pair, to: SIMD2<UInt64>.self)
            }
        }
        // As integers, bit patterns of numbers without a sign are in the numbers' order, and NaNs above all.
        var pattern = max(largest[0], largest[1]).bitPattern
        let rest = deviation == SIMD2() ? end : 0
        for index in rest..<x.count { pattern = max(pattern, x[index].magnitude.bitPattern) }
        return Double(bitPattern: pattern)
    }

    /// Returns `y + factor * x`.
    package static func adding(_ x: [Double], scaledBy factor: Double = 1, to y: [Double]) -> [Double] {
        combined(x, y) { factor * $0 + $1 }
    }

    /// Adds `factor * x` to `y`.
    package static func add(_ x: [Double], scaledBy factor: Double = 1, to y: inout [Double]) {
        precondition(x.count == y.count, "lengths differ: \(x.count) and \(y.count)")
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                for index in 0..<x.count { unsafe y[index] += factor * x[index] }
            }
        }
    }

    /// Returns `x - y`.
    package static func subtracting(_ y: [Double], from x: [Double]) -> [Double] {
        combined(x, y) { $0 - $1 }
    }

    /// Returns `x + factor * (y - x)`.
    package static func moving(_ x: [Double], towards y: [Double], by factor: Double) -> [Double] {
        combined(x, y) { $0 + factor * ($1 - $0) }
    }

    /// Returns `x + factor * (y - x)` with the inner products of y - x, of y and of the result with themselves: the same
    /// bits as of each on its own, in one pass.
    package static func step(_ x: Span<Double>, towards y: [Double], by factor: Double) -> VectorStep {
        precondition(x.count == y.count, "lengths differ: \(x.count) and \(y.count)")
        var step = VectorStep()
        let end = x.count - x.count % 8
        step.result = unsafe [Double](unsafeUninitializedCapacity: x.count) { result, initialized in
            var distance = SIMD8<Double>()
            var target = SIMD8<Double>()
            var norm = SIMD8<Double>()
            let bytes = UnsafeMutableRawBufferPointer(result)
            unsafe x.withUnsafeBytes { x in
                unsafe y.withUnsafeBytes { y in
                    for offset in stride(from: 0, to: end * MemoryLayout<Double>.stride, by: 64) {
                        let left = unsafe x.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
                        let right = unsafe y.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
                        let difference = right - left
                        let moved = left + factor * difference
                        unsafe bytes.storeBytes(of: moved, toByteOffset: offset, as: SIMD8<Double>.self)
                        distance += difference * difference
                        target += right * right
                        norm += moved * moved
                    }
                }
            }
            step.squaredDistance = distance.sum()
            step.squaredTarget = target.sum()
            step.squaredNorm = norm.sum()
            for index in end..<x.count {
                let difference = y[index] - x[index]
                let moved = x[index] + factor * difference
                unsafe result[index] = moved
                step.squaredDistance += difference * difference
                step.squaredTarget += y[index] * y[index]
                step.squaredNorm += moved * moved
            }
            initialized = x.count
        }
        return step
    }

    /// Returns `(x + factor * y) * scale`.
    package static func adding(
        _ y: [Double], scaledBy factor: Double, to x: [Double], timesScale scale: Double
    ) -> [Double] {
        combined(x, y) { ($0 + factor * $1) * scale }
    }

    /// Returns `body` of every two elements.
    @inline(__always)
    private static func combined(
        _ x: [Double], _ y: [Double], _ body: (Double, Double) -> Double
    ) -> [Double] {
        precondition(x.count == y.count, "lengths differ: \(x.count) and \(y.count)")
        return unsafe [Double](unsafeUninitializedCapacity: x.count) { result, initialized in
            unsafe x.withUnsafeBufferPointer { x in
                unsafe y.withUnsafeBufferPointer { y in
                    for index in 0..<x.count { unsafe result[index] = body(x[index], y[index]) }
                }
            }
            initialized = x.count
        }
    }

    /// Returns `factor * x`.
    package static func scaled(_ x: [Double], by factor: Double) -> [Double] {
        unsafe [Double](unsafeUninitializedCapacity: x.count) { result, initialized in
            unsafe x.withUnsafeBufferPointer { x in
                for index in 0..<x.count { unsafe result[index] = factor * x[index] }
            }
            initialized = x.count
        }
    }
}
