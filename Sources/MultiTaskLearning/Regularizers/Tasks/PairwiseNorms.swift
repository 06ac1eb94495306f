internal import LinearAlgebra

/// The sum over pairs of tasks of |w_i - w_j|, not squared: tasks fuse into clusters of equal columns.
///
/// With U = sum of a flow Z_ij from i to j, |Z_ij| <= scale, the proximal operator is V less the nearest such U: an
/// accelerated projected gradient over the flows. A mean of all tasks passes through it unchanged.
///
/// - SeeAlso: Chi and Lange, Splitting methods for convex clustering (JCGS 24, 2015); unsquared form of Evgeniou,
///   Micchelli, Pontil (2005).
struct PairwiseNorms: ConvexFunction {
    var growth: Growth { .norm }

    func value(_ w: Matrix) -> Double {
        Self.pairs(w.columnCount).reduce(0) { sum, pair in
            sum + Vector.norm(Vector.subtracting(w.column(pair.1), from: w.column(pair.0)))
        }
    }

    /// - Parameter start: The flows, one column a pair.
    /// - Complexity: O(d T^2) an iteration.
    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        let count = v.columnCount
        guard count > 1 else { return v }
        let flows = try nearestFlows(
            to: v, bound: scale, start: start, limit: SolverLimits.innerIterations
        ).requireConvergence()
        start = flows
        return v.adding(Self.divergence(of: flows, taskCount: count), scaledBy: -1)
    }

    /// Splits U into what flows of at most `target` carry and a rest, which flows of rest_i / T - rest_j / T carry.
    func dualNorm(of u: Matrix, target: Double, start: Matrix?) throws -> Double {
        var rest = u
        if target > 0, u.columnCount > 1 {
            let flows = try nearestFlows(
                to: u, bound: target, start: start, limit: SolverLimits.certificateIterations)
            rest = u.adding(Self.divergence(of: flows.point, taskCount: u.columnCount), scaledBy: -1)
        }
        return target + restNorm(rest)
    }

    func freeGroups(taskCount: Int) -> [[Int]] { [Array(0..<taskCount)] }

    private func restNorm(_ rest: Matrix) -> Double {
        let largest = Self.pairs(rest.columnCount).reduce(0) { largest, pair in
            max(
                largest, Vector.norm(Vector.subtracting(rest.column(pair.1), from: rest.column(pair.0))))
        }
        return largest / Double(max(1, rest.columnCount))
    }

    private func nearestFlows(
        to v: Matrix, bound: Double, start: Matrix?, limit: Int
    ) throws -> AcceleratedGradient.Outcome {
        let count = v.columnCount
        let pairs = Self.pairs(count)
        let zero = Matrix(rowCount: v.rowCount, columnCount: pairs.count)
        let isUsable = start?.rowCount == zero.rowCount && start?.columnCount == zero.columnCount
        let gradient = AcceleratedGradient(
            // A flow changes by 1 / T of what it moves: T is the largest eigenvalue of the complete graph.
            tolerance: v.frobeniusNorm / Double(count), limit: limit, subject: "the sum of pairwise norms")
        return try gradient.minimizer(from: isUsable ? start ?? zero : zero) { flows in
            let rest = v.adding(Self.divergence(of: flows, taskCount: count), scaledBy: -1)
            var next = flows
            for (index, pair) in pairs.enumerated() {
                let difference = Vector.subtracting(rest.column(pair.1), from: rest.column(pair.0))
                let moved = Vector.adding(difference, scaledBy: 1 / Double(count), to: flows.column(index))
                let norm = Vector.norm(moved)
                next.setColumn(index, to: norm > bound ? Vector.scaled(moved, by: bound / norm) : moved)
            }
            return next
        }
    }

    /// Returns what flows out of each task, less what flows in.
    private static func divergence(of flows: Matrix, taskCount: Int) -> Matrix {
        var columns = [[Double]](
            repeating: [Double](repeating: 0, count: flows.rowCount), count: taskCount)
        for (index, pair) in pairs(taskCount).enumerated() {
            let flow = flows.column(index)
            Vector.add(flow, to: &columns[pair.0])
            Vector.add(flow, scaledBy: -1, to: &columns[pair.1])
        }
        return Matrix(columns: columns)
    }

    private static func pairs(_ count: Int) -> [(Int, Int)] {
        (0..<count).flatMap { first in (first + 1..<max(count, first + 1)).map { (first, $0) } }
    }
}
