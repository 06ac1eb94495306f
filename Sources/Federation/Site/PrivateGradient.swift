package import PrivacyMechanisms
internal import Synchronization

/// A task's gradient with noise: what a step of a private study is computed from, and nothing else of the records.
///
/// Only a noisy sum makes one.
package struct NoisyGradient: Sendable {
    /// The gradient of the task's weighted loss, d numbers.
    package let elements: [Double]
    /// Where sample and noise came from.
    package let randomness: RandomnessKind

    /// - Parameter factor: ``TaskGradients/factor``.
    package init<Source>(_ sum: NoisedSum<Source>, factor: Double) {
        elements = sum.mean().map { factor * $0 }
        randomness = Source.kind
    }
}

/// Makes noisy gradients of one task.
package protocol NoisyGradients: Sendable {
    /// Returns the noisy gradient at a column: a release of its own, each time.
    ///
    /// - Complexity: O(n d).
    func gradient(at column: [Double]) throws -> NoisyGradient
}

/// Clips each unit's gradient, sums, and adds Gaussian noise.
///
/// A reference: a copy of the work of a task shares its noise, which is thus never used twice.
package final class GaussianGradients<Source: RandomnessSource>: NoisyGradients {
    private let mechanism: Mutex<GaussianMechanism<Source>>
    private let gradients: TaskGradients

    /// Prepares the gradients of a task.
    ///
    /// - Throws: `MechanismError`.
    package init(_ gradients: TaskGradients, source: Source) throws {
        mechanism = Mutex(try GaussianMechanism(gradients.plan, source: source))
        self.gradients = gradients
    }

    package func gradient(at column: [Double]) throws -> NoisyGradient {
        let units = gradients.units(at: column)
        let sum = try mechanism.withLock {
            try $0.release(of: units, grouping: gradients.grouping())
        }
        return NoisyGradient(sum, factor: gradients.factor)
    }
}
