internal import Glibc

/// Sums of weights x e^(i t loss) at equally spaced frequencies t.
enum CharacteristicSums {
    /// Rotations between exact sines and cosines.
    private static let stepsBetweenExact = 128

    /// Returns the sums at t = 0, spacing, 2 spacing and so on.
    ///
    /// Each term is turned by a fixed angle from one frequency to the next, and set anew from its sine and
    /// cosine every 128 frequencies: the error of a term stays below 256 roundings.
    ///
    /// - Complexity: O(losses x count), about a nanosecond each.
    static func sums(
        weights: [Double], losses: [Double], spacing: Double, count: Int
    ) -> (real: [Double], imaginary: [Double]) {
        let blocks = (losses.count + 3) / 4
        func padded(_ values: [Double]) -> [SIMD4<Double>] {
            (0..<blocks).map { block in
                SIMD4(
                    (0..<4).map { lane in
                        let index = 4 * block + lane
                        return index < values.count ? values[index] : 0
                    })
            }
        }
        let weights = padded(weights)
        let losses = padded(losses)
        let (turnReal, turnImaginary) = (
            losses.map { Self.map($0 * spacing, cos) }, losses.map { Self.map($0 * spacing, sin) }
        )
        var (termReal, termImaginary) = (weights, weights)
        var (real, imaginary) = ([Double](), [Double]())
        real.reserveCapacity(count)
        imaginary.reserveCapacity(count)
        for index in 0..<count {
            if index.isMultiple(of: stepsBetweenExact) {
                let frequency = Double(index) * spacing
                for block in 0..<blocks {
                    termReal[block] = weights[block] * Self.map(losses[block] * frequency, cos)
                    termImaginary[block] = weights[block] * Self.map(losses[block] * frequency, sin)
                }
            }
            let (sumReal, sumImaginary) = sumAndTurn(&termReal, &termImaginary, turnReal, turnImaginary)
            real.append(sumReal.sum())
            imaginary.append(sumImaginary.sum())
        }
        return (real, imaginary)
    }

    private static func sumAndTurn(
        _ real: inout [SIMD4<Double>], _ imaginary: inout [SIMD4<Double>], _ turnReal: [SIMD4<Double>],
        _ turnImaginary: [SIMD4<Double>]
    ) -> (SIMD4<Double>, SIMD4<Double>) {
        var (sumReal, sumImaginary) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
        let blocks = real.count
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                turnReal.withUnsafeBufferPointer { turnReal in
                    turnImaginary.withUnsafeBufferPointer { turnImaginary in
                        for block in 0..<blocks {
                            let (a, b, c, d) = (
                                real[block], imaginary[block], turnReal[block], turnImaginary[block]
                            )
                            sumReal += a
                            sumImaginary += b
                            real[block] = a * c - b * d
                            imaginary[block] = a * d + b * c
                        }
                    }
                }
            }
        }
        return (sumReal, sumImaginary)
    }

    private static func map(_ vector: SIMD4<Double>, _ function: (Double) -> Double) -> SIMD4<Double> {
        SIMD4(function(vector.x), function(vector.y), function(vector.z), function(vector.w))
    }
}
