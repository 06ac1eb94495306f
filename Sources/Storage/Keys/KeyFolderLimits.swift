/// The bounds on key files and key folders.
package enum KeyFolderLimits {
    /// The largest file of public lines that is read, in bytes.
    package static let maximumPublicFileByteCount = 4096
    /// The most keys in one file: the present one and the next.
    package static let maximumKeysPerFile = 2
    /// The most entries of a folder that are looked at.
    package static let maximumFileCount = 10_000
}
