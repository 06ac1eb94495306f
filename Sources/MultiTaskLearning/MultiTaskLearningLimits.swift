/// The named bounds of this module.
package enum MultiTaskLearningLimits {
    /// The number of column changes that may wait until a spectral factor is wanted; after more the Gram matrix is formed
    /// anew.
    package static let columnChangesBeforeGramIsFormed = 64

    /// The most tasks of a task graph or a task covariance, whose matrix is held whole, and the most clusters.
    package static let coupledTaskCount = 4096

    /// The number of newest delays that the dynamic relaxation averages.
    ///
    /// - SeeAlso: Baytas et al. 2016, section IV-C.
    package static let dynamicRelaxationDelayCount = 5
}
