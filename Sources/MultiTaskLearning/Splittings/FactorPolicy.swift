/// How exact a spectral factor must be, and how old it may be when a column is answered.
///
/// The two are different promises. *Exactness* is about the matrix V that the factor was computed from: applied to
/// all of that V, it errs by at most `tolerance` times |V|_F in the Frobenius norm. *Age* is how many columns have
/// changed since: a factor of age 0 is that of the current V.
package struct FactorPolicy: Sendable, Equatable {
    /// The exactness that a study gets when it asks for none.
    package static let defaultTolerance = 1e-6
    /// The most column changes of ``defaultMaximumAge(taskCount:)``.
    package static let largestDefaultAge = 16

    /// The largest error of prox(V), relative to the Frobenius norm of V; 0 for a full decomposition at every refresh.
    package let tolerance: Double
    /// The most columns that may have changed between the factor's V and the current one.
    package let maximumAge: Int

    /// A factor of the current V, to the default tolerance.
    package static let current = FactorPolicy(uncheckedTolerance: defaultTolerance, maximumAge: 0)

    /// A full decomposition of the current V.
    package static let exact = FactorPolicy(uncheckedTolerance: 0, maximumAge: 0)

    /// Creates a policy for a study of `taskCount` tasks.
    ///
    /// - Parameters:
    ///   - tolerance: From 0 to below 1.
    ///   - maximumAge: From 0 to half the number of tasks. A column that moves several times along one frozen linear
    ///     map diverges: at 2 T Douglas-Rachford no longer converges, T/2 costs a tenth of its speed.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(tolerance: Double = defaultTolerance, maximumAge: Int, taskCount: Int) throws {
        guard tolerance >= 0, tolerance < 1 else {
            throw MultiTaskLearningError(
                code: .invalidParameter,
                message: "the prox tolerance must be from 0 to below 1, got \(tolerance)")
        }
        guard (0...Self.largestAge(taskCount: taskCount)).contains(maximumAge) else {
            throw MultiTaskLearningError(
                code: .invalidParameter,
                message:
                    "the factor's age must be from 0 to \(Self.largestAge(taskCount: taskCount)), half of the "
                    + "\(taskCount) tasks, got \(maximumAge)")
        }
        self.init(uncheckedTolerance: tolerance, maximumAge: maximumAge)
    }

    /// The largest age that a study of so many tasks may ask for, T/2.
    package static func largestAge(taskCount: Int) -> Int { taskCount / 2 }

    /// The age that a study gets when it asks for none: T/8, which costs no convergence, and at most
    /// ``largestDefaultAge``.
    package static func defaultMaximumAge(taskCount: Int) -> Int { min(largestDefaultAge, taskCount / 8) }

    private init(uncheckedTolerance: Double, maximumAge: Int) {
        tolerance = uncheckedTolerance
        self.maximumAge = maximumAge
    }
}
