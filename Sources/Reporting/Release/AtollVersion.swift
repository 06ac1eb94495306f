/// The release that this build is.
package enum AtollVersion {
    /// Semantic version, without a prefix.
    package static let current = "0.1.0"
}
