/// A new file that bytes are added to, of which its owner alone may read.
///
/// Nothing is synced: what it holds is for an audit of a run that protects nobody.
package final class AppendedFile: Sendable {
    private let file: FileDescriptor

    /// - Throws: ``StorageError`` `alreadyExists`, `notFound` for the folder, `systemCall`.
    package init(creating path: String) throws(StorageError) { file = try FileDescriptor(creating: path) }

    /// Adds bytes at the end.
    ///
    /// - Throws: ``StorageError`` `noSpace`, `systemCall`.
    package func append(_ bytes: [UInt8]) throws(StorageError) {
        // A typed error does not pass the buffer's closure.
        var failure: StorageError?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(StorageError) { try file.write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
