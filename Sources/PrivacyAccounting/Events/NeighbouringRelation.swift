/// Which data sets a claim makes indistinguishable.
///
/// A noise multiplier is everywhere in this module the standard deviation of the noise over the *clipping
/// norm* C, whatever the relation. The relation alone says how far apart two neighbours' sums may be.
package enum NeighbouringRelation: String, Sendable, CaseIterable {
    /// One record more or less: sums of clipped vectors differ by at most C.
    case addOrRemoveOne = "add-or-remove-one"
    /// One record is another, the number of records is public: sums differ by at most 2 C.
    case replaceOne = "replace-one"

    /// The largest distance of two neighbours' sums, in clipping norms.
    package var sensitivityPerClippingNorm: Double {
        switch self {
        case .addOrRemoveOne: 1
        case .replaceOne: 2
        }
    }

    /// What an epsilon of Poisson samples rests on without a proof; nil where all of it is proven.
    package var poissonAssumption: String? {
        switch self {
        case .addOrRemoveOne: nil
        case .replaceOne:
            "of a Poisson sample under replace-one, records whose vectors are of full length and opposite are taken for "
                + "the worst, which is not proven"
        }
    }
}
