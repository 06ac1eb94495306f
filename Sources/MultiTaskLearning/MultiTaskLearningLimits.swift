/// The named bounds of this module.
package enum MultiTaskLearningLimits {
    /// The number of column changes that may wait until a spectral factor is wanted; after more the Gram matrix is formed
    /// anew.
    package static let columnChangesBeforeGramIsFormed = 64

    /// The number of newest delays that the dynamic relaxation averages.
    ///
    /// - SeeAlso: Baytas et al. 2016, section IV-C.
    package static let dynamicRelaxationDelayCount = 5
}
