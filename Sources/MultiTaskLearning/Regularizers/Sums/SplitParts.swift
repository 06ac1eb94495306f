/// The norms of the two parts of W = P + Q under ``RegularizerKind/split``, in the order of their weights.
package struct SplitParts: Sendable, Equatable {
    /// A norm that a part may have: one whose proximal operator has a closed form.
    package enum Norm: String, Sendable, CaseIterable {
        /// The sum of the singular values.
        case nuclear
        /// The sum over rows of their Euclidean norms.
        case l21
        /// The sum of magnitudes.
        case l1
        /// The sum over rows of their largest magnitude.
        case l1inf
        /// The sum over tasks of the Euclidean norms of their columns: outlier tasks.
        case columns
    }

    package let first: Norm
    package let second: Norm

    /// What is taken where no parts are named: low rank, and single elements beside it.
    package static let standard = SplitParts(first: .nuclear, second: .l1)

    private init(first: Norm, second: Norm) {
        self.first = first
        self.second = second
    }

    /// Creates a pair.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter` for the same norm twice, which is that norm alone with
    ///   the smaller weight.
    package init(_ first: Norm, _ second: Norm) throws {
        guard first != second else {
            throw Regularizer.invalid(
                "both parts of the regularizer \(RegularizerKind.split.rawValue) are \(first.rawValue); they must be "
                    + "two different ones of \(Norm.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.init(first: first, second: second)
    }

    /// The names that a study has for them, the first one first.
    package var names: [String] { [first.rawValue, second.rawValue] }

    /// Returns min over P + Q = W of firstWeight * first(P) + secondWeight * second(Q), both weights positive.
    func function(firstWeight: Double, secondWeight: Double) -> any ConvexFunction {
        if second == .l1, let closed = first.besideElements(firstWeight, elementWeight: secondWeight) {
            return closed
        }
        if first == .l1, let closed = second.besideElements(secondWeight, elementWeight: firstWeight) {
            return closed
        }
        return InfimalConvolution(
            first: first.function, firstWeight: firstWeight, second: second.function,
            secondWeight: secondWeight)
    }
}

extension SplitParts.Norm {
    /// The norm itself.
    var function: any ConvexFunction {
        switch self {
        case .nuclear: return NuclearNorm()
        case .l21: return SparseGroupNorm(rowWeight: 1, elementWeight: 0)
        case .l1: return L1Norm()
        case .l1inf: return LargestInRowNorm()
        case .columns: return OutlierTasks()
        }
    }

    /// Returns the infimal convolution of this norm of rows with the sum of magnitudes, in closed form; nil where there
    /// is none.
    fileprivate func besideElements(_ weight: Double, elementWeight: Double) -> (any ConvexFunction)? {
        switch self {
        case .l1inf: return DirtyNorm(rowWeight: weight, elementWeight: elementWeight)
        case .l21: return DirtyRowNorm(rowWeight: weight, elementWeight: elementWeight)
        case .nuclear, .l1, .columns: return nil
        }
    }
}
