/// What ``Vector/step(_:towards:by:)`` returns.
package struct VectorStep: Sendable {
    /// x + factor * (y - x).
    package internal(set) var result: [Double] = []
    /// |y - x|^2.
    package internal(set) var squaredDistance = 0.0
    /// |y|^2.
    package internal(set) var squaredTarget = 0.0
    /// |result|^2.
    package internal(set) var squaredNorm = 0.0
}
