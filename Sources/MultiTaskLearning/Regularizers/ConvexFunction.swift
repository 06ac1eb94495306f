internal import LinearAlgebra

/// A convex function g of a d x T matrix, with g(0) = 0 and its minimum there: what stands behind a ``Regularizer``.
///
/// A function sees matrices whose unpenalized rows are 0; where they are left out altogether, its value is the same.
protocol ConvexFunction: Sendable {
    /// How g grows along a ray.
    var growth: Growth { get }

    /// Returns g(W).
    func value(_ w: Matrix) throws -> Double

    /// Returns the W that minimises |W - V|^2 / 2 + scale * g(W).
    ///
    /// - Parameter scale: Positive.
    /// - Parameter start: Where an iteration starts and what it leaves for the next; closed forms ignore it.
    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix

    /// Returns an upper bound of the dual norm of U; for a `norm` alone.
    ///
    /// - Parameter target: Where the bound has to be sharp, for norms without a closed form.
    /// - Parameter start: For these, where to start: what an iteration left behind where it took away a matrix near U.
    func dualNorm(of u: Matrix, target: Double, start: Matrix?) throws -> Double

    /// Returns an upper bound of (scale g)*(U), the part of U in the kernel of g left out; for what is no `norm`.
    func conjugate(of u: Matrix, scale: Double) throws -> Double

    /// Returns the groups of tasks of which a common shift of all columns costs nothing: the kernel of g.
    func freeGroups(taskCount: Int) -> [[Int]]

    /// Throws unless g is defined for this number of columns.
    func checkTasks(count: Int) throws

    /// Returns what serves single columns of the proximal operator, for a V with these penalized rows.
    ///
    /// - Parameter policy: How exact and how old a spectral factor may be; of no effect without one.
    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic
}

/// How a convex function grows along rays, which decides the form of its conjugate.
enum Growth: Sendable {
    /// g(c W) = |c| g(W): the conjugate is 0 where the dual norm is at most 1, and infinite elsewhere.
    case norm
    /// g(c W) = c^2 g(W): the conjugate is finite off the kernel of g.
    case quadratic
    /// Neither; the conjugate is finite.
    case mixed
}

extension ConvexFunction {
    func dualNorm(of u: Matrix, target: Double, start: Matrix?) throws -> Double {
        preconditionFailure("\(Self.self) is not a norm")
    }

    func conjugate(of u: Matrix, scale: Double) throws -> Double {
        preconditionFailure("the conjugate of \(Self.self) is an indicator")
    }

    func freeGroups(taskCount: Int) -> [[Int]] { [] }

    func checkTasks(count: Int) throws {}

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        WholeProximalStatistic(function: self, regularizer: regularizer)
    }

    /// Returns the bound of the dual norm without a start.
    func dualNorm(of u: Matrix, target: Double) throws -> Double {
        try dualNorm(of: u, target: target, start: nil)
    }

    /// Returns the proximal operator without a start.
    func proximal(of v: Matrix, scale: Double) throws -> Matrix {
        var start: Matrix?
        return try proximal(of: v, scale: scale, start: &start)
    }
}
