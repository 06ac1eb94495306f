package import PrivacyLedger
internal import Sodium

/// Says which records a site has, for itself alone: the digest of its files.
///
/// It does not depend on a study: not on the columns that one takes, nor on the split into training and held out.
package enum DatasetDigest {
    /// Returns BLAKE2b-256 of the files' labels, and the BLAKE2b-256 of each one's bytes.
    ///
    /// - Parameter files: In an order that does not change.
    /// - Throws: ``StorageError`` where one cannot be read.
    /// - Complexity: O(bytes of the files), in chunks.
    package static func digest(ofFiles files: [(label: String, path: String)]) throws -> LedgerHash {
        var all = Blake2b()
        all.update(Array("atoll data files 1\n".utf8))
        for (label, path) in files {
            all.update(Blake2b.hash(Array(label.utf8)))
            all.update(try digest(ofFile: path))
        }
        guard let hash = LedgerHash(bytes: all.finalize()) else {
            preconditionFailure("BLAKE2b-256 has \(LedgerHash.byteCount) bytes")
        }
        return hash
    }

    private static func digest(ofFile path: String) throws -> [UInt8] {
        let file = try FileDescriptor(reading: path)
        var hash = Blake2b()
        var buffer = [UInt8](repeating: 0, count: JournalLimits.chunkByteCount)
        while true {
            let count = try buffer.withUnsafeMutableBufferPointer { try file.read(into: $0) }
            guard count > 0 else { return hash.finalize() }
            hash.update(Array(buffer[..<count]))
        }
    }
}
