internal import LinearAlgebra

/// A smooth convex problem solved by damped Newton steps: minimise over x
/// `sum_b loss_b(offsets_b + A_b x) + 1/2 sum_j ridge_j x_j^2`.
///
/// A singular Hessian is inverted on its range, so that a rank-deficient squared loss without ridge is solved
/// by the smallest step.
struct SmoothProblem {
    /// One loss and the way the variable enters it.
    struct Block {
        /// A_b: one row for each record, one column for each variable.
        var features: Matrix
        var loss: MarginLoss
        /// The margins at x = 0.
        var offsets: [Double]
    }

    /// Where Newton's method stopped.
    struct Minimizer {
        var x: [Double]
        var stepCount: Int
        var isConverged: Bool
        /// The norm of the gradient there.
        var gradientNorm: Double
    }

    var blocks: [Block]
    /// One number of at least 0 for each variable.
    var ridge: [Double]

    /// The squared decrement, relative to the starting value, below which a step is the last.
    ///
    /// What is left after that step is of the order of its square.
    private static let decrementTolerance = 1e-18
    private static let sufficientDecrease = 1e-4
    /// Rounding of a sum over the records, relative to the value.
    private static let valueRounding = 1e-14

    /// Returns the minimiser found from `start` in at most `stepLimit` steps.
    ///
    /// - Throws: `LinearAlgebraError` when a Hessian is not finite.
    /// - Complexity: O(n k^2 + k^3) a step, n records and k variables.
    func minimize(from start: [Double], stepLimit: Int = SolverLimits.newtonSteps) throws -> Minimizer {
        var x = start
        guard !x.isEmpty else { return Minimizer(x: x, stepCount: 0, isConverged: true, gradientNorm: 0) }
        var margins = blocks.map { self.margins(of: $0, at: x) }
        var value = self.value(at: x, margins: margins)
        let tolerance = Self.decrementTolerance * value
        func minimizer(_ stepCount: Int, isConverged: Bool) -> Minimizer {
            Minimizer(
                x: x, stepCount: stepCount, isConverged: isConverged,
                gradientNorm: Vector.norm(gradient(at: x, margins: margins)))
        }
        for stepCount in 1...stepLimit {
            let gradient = self.gradient(at: x, margins: margins)
            let step = try newtonStep(against: gradient, margins: margins)
            let slope = Vector.dot(gradient, step)
            guard slope < 0 else { return minimizer(stepCount - 1, isConverged: true) }

            var length = 1.0
            var accepted = false
            for _ in 0..<SolverLimits.stepHalvings {
                let candidate = Vector.adding(step, scaledBy: length, to: x)
                let candidateMargins = blocks.map { self.margins(of: $0, at: candidate) }
                let candidateValue = self.value(at: candidate, margins: candidateMargins)
                let bound = value + Self.sufficientDecrease * length * slope + Self.valueRounding * value
                if candidateValue <= bound {
                    (x, margins, value) = (candidate, candidateMargins, candidateValue)
                    accepted = true
                    break
                }
                length /= 2
            }
            if !accepted { return minimizer(stepCount, isConverged: false) }
            if -slope <= tolerance { return minimizer(stepCount, isConverged: true) }
        }
        return minimizer(stepLimit, isConverged: false)
    }

    private func margins(of block: Block, at x: [Double]) -> [Double] {
        Vector.adding(block.features.multiplied(by: x), to: block.offsets)
    }

    private func value(at x: [Double], margins: [[Double]]) -> Double {
        var sum = CompensatedSum()
        for (block, margins) in zip(blocks, margins) { sum.add(block.loss.value(at: margins)) }
        for index in x.indices { sum.add(0.5 * ridge[index] * x[index] * x[index]) }
        return sum.value
    }

    private func gradient(at x: [Double], margins: [[Double]]) -> [Double] {
        var gradient = x.indices.map { ridge[$0] * x[$0] }
        for (block, margins) in zip(blocks, margins) {
            let slopes = block.loss.slopes(at: margins)
            Vector.add(block.features.multiplied(by: slopes, transposed: true), to: &gradient)
        }
        return gradient
    }

    private func newtonStep(against gradient: [Double], margins: [[Double]]) throws -> [Double] {
        let k = gradient.count
        var hessian = Matrix(rowCount: k, columnCount: k)
        for (block, margins) in zip(blocks, margins) {
            let curvatures = block.loss.curvatures(at: margins)
            hessian = hessian.adding(block.features.scalingRows(byRootsOf: curvatures).gramian(ofRows: false))
        }
        for index in 0..<k { hessian[index, index] += ridge[index] }
        let descent = Vector.scaled(gradient, by: -1)
        if ridge.allSatisfy({ $0 > 0 }), let factor = try? CholeskyFactor(hessian) {
            return factor.solve(descent)
        }
        let eigen = try SymmetricEigendecomposition(hessian)
        let cutoff = Double(4 * k) * Double.ulpOfOne * (eigen.values.last ?? 0)
        var coordinates = eigen.vectors.multiplied(by: descent, transposed: true)
        for index in 0..<k {
            coordinates[index] = eigen.values[index] > cutoff ? coordinates[index] / eigen.values[index] : 0
        }
        return eigen.vectors.multiplied(by: coordinates)
    }
}

extension Matrix {
    /// Returns the matrix with each row times the square root of a weight.
    func scalingRows(byRootsOf weights: [Double]) -> Matrix {
        precondition(weights.count == rowCount, "\(rowCount) rows and \(weights.count) weights")
        let roots = weights.map { $0.squareRoot() }
        var scaled = elements
        for column in 0..<columnCount {
            for row in 0..<rowCount { scaled[row + column * rowCount] *= roots[row] }
        }
        return Matrix(rowCount: rowCount, columnCount: columnCount, elements: scaled)
    }
}
