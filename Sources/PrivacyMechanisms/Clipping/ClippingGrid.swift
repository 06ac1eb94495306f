/// The grid that clipped gradients are rounded to: steps of a power of two.
///
/// The step g is the smallest power of two with C / g of at most 2^31 and noise of at most
/// 2^44 steps (exactly rounded) or 2^30 (discrete). It depends on public constants only. A clipped unit's elements are
/// then at most floor(C / g) steps, so that 2^62 / floor(C / g) units, 2^31 at least, are summed in 64 bits, and
/// noise, of fewer than 2^54 steps, is added without overflow. The declared number of units, at most 2^30, thus
/// never makes the step larger.
package struct ClippingGrid: Sendable, Hashable {
    /// The step g.
    package let step: Double
    /// C / g, which need not be whole.
    package let clippingSteps: Double
    /// floor((C / g)^2), which no clipped unit's sum of squares exceeds.
    package let squaredBound: UInt64

    /// - Parameter largestScale: The largest standard deviation in grid steps.
    init(clippingNorm: Double, noiseMultiplier: Double, largestScale: Double) {
        // The smallest power of two that keeps both bounds; a quotient rounds to above the bound or not at all.
        let bound = min(MechanismLimits.clippingSteps, largestScale / noiseMultiplier)
        var step = Double(sign: .plus, exponent: (clippingNorm / bound).exponent, significand: 1)
        func fits(_ step: Double) -> Bool {
            clippingNorm / step <= MechanismLimits.clippingSteps
                && Self.scale(noiseMultiplier, clippingNorm / step) <= largestScale
        }
        while !fits(step) { step *= 2 }
        while fits(step / 2) { step /= 2 }
        self.step = step
        clippingSteps = clippingNorm / step
        let significand = UInt128(1 << 52 | clippingSteps.significandBitPattern)
        let shift = 2 * (52 - Int(clippingSteps.exponent))
        squaredBound = shift > 127 ? 0 : UInt64((significand * significand) >> UInt128(shift))
    }

    /// Returns the standard deviation sigma C / g in steps, rounded up where it is no double.
    static func scale(_ noiseMultiplier: Double, _ clippingSteps: Double) -> Double {
        let product = noiseMultiplier * clippingSteps
        return (-product).addingProduct(noiseMultiplier, clippingSteps) > 0 ? product.nextUp : product
    }

    /// How many units are summed at most.
    package var capacity: Int {
        Int(MechanismLimits.sumSteps / max(1, Int64(clippingSteps.rounded(.down))))
    }

    /// What rounding to the nearest step adds to a norm of `dimension` elements at most, in steps.
    package static func roundingBound(dimension: Int) -> Double {
        // The root rounds by at most half a last place.
        (Double(dimension).squareRoot() / 2).nextUp
    }

    /// Checks that the sum of so many clipped units cannot overflow.
    ///
    /// - Throws: ``MechanismError`` `tooManyUnits` where the number exceeds ``capacity``.
    package func requireCapacity(forUnitCount count: Int) throws(MechanismError) {
        guard count <= capacity else {
            throw MechanismError(
                .tooManyUnits,
                "\(count) units are more than the \(capacity) whose sum of \(Int64(clippingSteps)) steps each fits "
                    + "64 bits; split them into several releases")
        }
    }
}
