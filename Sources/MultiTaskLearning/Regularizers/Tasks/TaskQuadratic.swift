internal import LinearAlgebra

/// A quadratic function tr(W L W') / 2 with a symmetric, positive semidefinite T x T matrix L.
///
/// The proximal operator is V (I + scale L)^-1. L is decomposed once, L = Q diag(curvatures) Q', after which every
/// scale costs two products.
protocol TaskQuadratic: ConvexFunction {
    /// Q, one column for each curvature.
    var directions: Matrix { get }
    /// At least 0; exactly 0 along the kernel.
    var curvatures: [Double] { get }
    /// What has as many tasks as L has rows, for messages.
    static var subject: String { get }
}

extension TaskQuadratic {
    var growth: Growth { .quadratic }

    func value(_ w: Matrix) -> Double {
        let coordinates = w.multiplied(by: directions)
        return curvatures.indices.reduce(0) { sum, index in
            let column = coordinates.column(index)
            return sum + curvatures[index] * Vector.dot(column, column) / 2
        }
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) -> Matrix {
        var coordinates = v.multiplied(by: directions)
        for index in curvatures.indices {
            let shrunk = Vector.scaled(coordinates.column(index), by: 1 / (1 + scale * curvatures[index]))
            coordinates.setColumn(index, to: shrunk)
        }
        return coordinates.multiplied(by: directions, transposeOther: true)
    }

    /// Returns column `task` of (I + scale L)^-1: the weights with which all columns of V make one of the result.
    ///
    /// - Complexity: O(T^2).
    func mixingWeights(of task: Int, scale: Double) -> [Double] {
        let row = directions.row(task)
        return directions.multiplied(by: row.indices.map { row[$0] / (1 + scale * curvatures[$0]) })
    }

    func conjugate(of u: Matrix, scale: Double) -> Double {
        let coordinates = u.multiplied(by: directions)
        var sum = CompensatedSum()
        for index in curvatures.indices where curvatures[index] > 0 {
            for value in coordinates.column(index) {
                sum.add(value * value / (2 * scale * curvatures[index]))
            }
        }
        return sum.value
    }

    func checkTasks(count: Int) throws {
        guard count == curvatures.count else {
            throw MultiTaskLearningError(
                code: .shapeMismatch,
                message:
                    "\(Self.subject) has \(curvatures.count) tasks and the model \(count); they must agree")
        }
    }

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        MixingStatistic(function: self)
    }
}
