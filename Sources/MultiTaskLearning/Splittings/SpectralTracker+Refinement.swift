internal import LinearAlgebra

extension SpectralTracker {
    /// Steps after which a full decomposition is the better choice.
    private static let largestStepCount = 6
    /// A decomposition costs about this many steps, times m / k; once so many were spent beyond one a refresh, because
    /// the preconditioner has aged, a new one pays.
    private static let stepsOfDecomposition = 5.0
    /// With more directions of interest than this, or half of all, a decomposition costs less than a step.
    private static let largestCount = 32
    /// Pairs are turned towards each other by one division up to this angle, beyond it by a small eigenproblem.
    private static let largestAngle = 0.2
    /// Errors beyond this many times the tolerance take steps of inverse iteration, while there are few changes.
    private static let farFromExact = 100.0
    private static let largestInverseStepCount = 3

    /// Moves U until its factor's error is within `limit`, and returns the factor; nil where that does not succeed.
    ///
    /// - Parameter limit: The largest error of prox(V), in the Frobenius norm.
    /// - Throws: `LinearAlgebraError` when a small eigenproblem does not converge.
    /// - Complexity: O(m^2 k) for each of a few steps, O(m^2 k + m k c^2) for those of inverse iteration after c changes;
    ///   O(m^3) / 3 where nothing bounds any more what is left out.
    mutating func refinedFactor(scale: Double, limit: Double) throws -> SpectralFactor? {
        let (size, count) = (basis.rowCount, subspace.columnCount)
        guard scale == splitScale, count <= max(Self.largestCount, size / 2),
            Double(extraStepCount * count) <= Self.stepsOfDecomposition * Double(size)
        else { return nil }
        var previous = Double.infinity
        var inverseStepCount = 0
        for step in 0...Self.largestStepCount {
            let pairs = RitzPairs(
                subspace: subspace, image: image, scale: scale, largestAngle: Self.largestAngle)
            switch verdict(pairs.bound, limit: limit, scale: scale) {
            case .exact:
                extraStepCount += max(0, step - 1)
                return factor(squares: pairs.bound.squares, scale: scale)
            case .uncertain: return nil
            case .inexact: break
            }
            // Also where it is not a number.
            let isSlow = !(pairs.bound.coupling < previous / 4)
            let isFar = pairs.bound.coupling > Self.farFromExact * limit * (Self.farFromExact * limit)
            if isSlow || isFar, inverseStepCount < Self.largestInverseStepCount, invert(pairs) {
                inverseStepCount += 1
                previous = .infinity
                continue
            }
            if isSlow { return nil }
            previous = pairs.bound.coupling
            if pairs.needsRotation(limit: limit) {
                let eigen = try SymmetricEigendecomposition(pairs.projection)
                subspace = subspace.multiplied(by: eigen.vectors)
                image = image.multiplied(by: eigen.vectors)
                previous = .infinity
            } else {
                guard turn(pairs) else { return nil }
            }
        }
        return nil
    }

    private enum Verdict {
        case exact, inexact
        /// The pairs are exact, but there may be others above the scale.
        case uncertain
    }

    private mutating func verdict(_ bound: ProximalErrorBound, limit: Double, scale: Double) -> Verdict {
        if bound.value(complement: complementBound, rounding: rounding) <= limit { return .exact }
        guard complementBound != nil, bound.value(complement: nil, rounding: rounding) <= limit else {
            return .inexact
        }
        let smallest = (bound.squares.min() ?? .infinity).squareRoot()
        guard certifyComplement(below: min(scale, smallest), squares: bound.squares) else {
            return .uncertain
        }
        return bound.value(complement: complementBound, rounding: rounding) <= limit ? .exact : .inexact
    }

    /// Takes a step of inverse iteration from each Ritz pair, if the changes since the decomposition are few.
    ///
    /// Where a change is as large as the gaps between eigenvalues, the diagonal alone says little; this converges from
    /// further, and then cubically.
    ///
    /// - Returns: Whether that leaves a basis; U is the same where not.
    /// - Complexity: O(m^2 k + m k c^2) after c changes.
    /// - SeeAlso: Parlett, The Symmetric Eigenvalue Problem (1998), section 4.6 (Rayleigh quotient iteration).
    private mutating func invert(_ pairs: RitzPairs) -> Bool {
        guard let updated, updated.updateCount > 0,
            let eigen = try? SymmetricEigendecomposition(pairs.projection),
            let turned = updated.inverseIteration(
                subspace.multiplied(by: eigen.vectors), shifts: eigen.values),
            let factor = try? CholeskyFactor(turned.gramian(ofRows: false))
        else { return false }
        subspace = factor.orthonormalized(turned)
        image = rotated.symmetricallyMultiplied(by: subspace)
        return true
    }

    /// Takes one step: r_ij / (d_j - G_ii) in the directions outside, first-order angles inside.
    ///
    /// - Returns: Whether that leaves a basis.
    /// - SeeAlso: Davidson, J. Comput. Phys. 17 (1975); its diagonal is nearly all of the matrix here.
    private mutating func turn(_ pairs: RitzPairs) -> Bool {
        let (size, count) = (subspace.rowCount, subspace.columnCount)
        let outsideCount = size - count
        let diagonal = (0..<outsideCount).map { rotated[$0, $0] }
        var step = [Double](repeating: 0, count: size * count)
        pairs.residual.elements.withUnsafeBufferPointer { residual in
            step.withUnsafeMutableBufferPointer { step in
                for column in 0..<count {
                    let square = pairs.bound.squares[column]
                    for row in 0..<outsideCount {
                        step[row + column * size] = residual[row + column * size] / (square - diagonal[row])
                    }
                }
            }
        }
        let outside = Matrix(rowCount: size, columnCount: count, elements: step)
        let turned = subspace.adding(subspace.multiplied(by: pairs.angles)).adding(outside)
        guard let factor = try? CholeskyFactor(turned.gramian(ofRows: false)) else { return false }
        subspace = factor.orthonormalized(turned)
        image = rotated.symmetricallyMultiplied(by: subspace)
        return true
    }
}

/// Approximate singular pairs, and how far they are from true ones.
private struct RitzPairs {
    /// U' G U.
    let projection: Matrix
    /// G U - U U' G U.
    let residual: Matrix
    /// The angles, k x k, by which the columns of U are to be turned towards each other.
    let angles: Matrix
    let bound: ProximalErrorBound
    /// What of the squared bound is between pairs so close that a small angle does not part them.
    private let unresolved: Double

    init(subspace: Matrix, image: Matrix, scale: Double, largestAngle: Double) {
        let count = subspace.columnCount
        projection = subspace.multiplied(by: image, transposeSelf: true)
        residual = image.adding(subspace.multiplied(by: projection), scaledBy: -1)
        let elements = projection.elements
        let squares = (0..<count).map { elements[$0 + $0 * count] }
        var bound = ProximalErrorBound(squares: squares, scale: scale)
        var angles = [Double](repeating: 0, count: count * count)
        var unresolved = 0.0
        for column in 0..<count {
            bound.add(residualNorm: residual.withColumn(column) { Vector.norm($0) }, of: column)
            for row in 0..<column {
                let element = (elements[row + column * count] + elements[column + row * count]) / 2
                let weight = bound.add(element: element, of: row, column)
                let gap = squares[column] - squares[row]
                if element.magnitude <= largestAngle * gap.magnitude {
                    let angle = gap == 0 ? 0 : element / gap
                    angles[row + column * count] = angle
                    angles[column + row * count] = -angle
                } else {
                    unresolved += weight
                }
            }
        }
        self.bound = bound
        self.unresolved = unresolved
        self.angles = Matrix(rowCount: count, columnCount: count, elements: angles)
    }

    /// Whether the pairs must be parted by an eigenproblem of their own to come within the limit.
    func needsRotation(limit: Double) -> Bool {
        unresolved > limit * limit / 16
    }
}
