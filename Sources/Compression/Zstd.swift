internal import CZstd
internal import Synchronization

/// Zstandard (RFC 8878) of whole byte arrays, one frame each.
package enum Zstd {
    // A context costs several times what a small message costs. One of each is kept; a caller who finds it
    // taken makes its own and does not wait. One that failed is not kept.
    private static let keptCompressor = Mutex<CompressionContext?>(nil)
    private static let keptDecompressor = Mutex<DecompressionContext?>(nil)

    /// Returns `bytes` as one frame that declares its size; the same bytes for the same input and level.
    ///
    /// - Parameter level: Within ``CompressionLimits/levels``; higher is smaller and slower.
    /// - Throws: ``CompressionError`` `library` when memory is exhausted.
    package static func compress(_ bytes: [UInt8], level: Int = 1) throws -> [UInt8] {
        precondition(
            CompressionLimits.levels.contains(level),
            "compression level must be in \(CompressionLimits.levels), got \(level)")
        if bytes.count <= CompressionLimits.keptContextInputByteCount {
            let compressed = try keptCompressor.withLockIfAvailable { kept in
                let context = try kept.take() ?? CompressionContext()
                let compressed = try context.compress(bytes, level: level)
                kept = consume context
                return compressed
            }
            if let compressed { return compressed }
        }
        return try CompressionContext().compress(bytes, level: level)
    }

    /// Returns the content of `bytes`, which must be exactly one frame of at most `sizeLimit` content bytes.
    ///
    /// Everything a frame declares is checked before the first allocation, so memory stays within the
    /// declared size (itself within the limit) and the library's fixed working memory.
    ///
    /// - Parameter sizeLimit: The most content bytes to accept, at least 0.
    /// - Throws: ``CompressionError``: `oversized` when the declared size or window exceeds the limit, or the
    ///   content exceeds its declared size; `missingSize`; `dictionary`; `trailingBytes` for anything after
    ///   the frame, a second frame included; `malformed` for skippable frames, truncation and corruption.
    package static func decompress(_ bytes: [UInt8], sizeLimit: Int) throws -> [UInt8] {
        precondition(sizeLimit >= 0, "sizeLimit must be at least 0, got \(sizeLimit)")
        let contentByteCount = try checkedContentByteCount(of: bytes, sizeLimit: sizeLimit)
        let content = try keptDecompressor.withLockIfAvailable { kept in
            let context = try kept.take() ?? DecompressionContext()
            let content = try context.decompress(bytes, contentByteCount: contentByteCount)
            kept = consume context
            return content
        }
        if let content { return content }
        return try DecompressionContext().decompress(bytes, contentByteCount: contentByteCount)
    }

    private static func checkedContentByteCount(of bytes: [UInt8], sizeLimit: Int) throws -> Int {
        let header = try FrameHeader(bytes)
        guard !header.needsDictionary else {
            throw CompressionError(.dictionary, "the frame needs a dictionary; none is ever used here")
        }
        guard let contentByteCount = header.contentByteCount else {
            throw CompressionError(.missingSize, "the frame does not declare its content size")
        }
        guard contentByteCount <= UInt64(sizeLimit) else {
            throw CompressionError(
                .oversized,
                "the frame declares \(contentByteCount) bytes, more than the limit of \(sizeLimit)")
        }
        let windowLimit = max(sizeLimit, CompressionLimits.smallestWindowByteCount)
        guard header.windowByteCount <= UInt64(windowLimit) else {
            throw CompressionError(
                .oversized,
                "the frame asks for a window of \(header.windowByteCount) bytes, more than \(windowLimit)")
        }
        let frameByteCount = try unsafe bytes.withUnsafeBytes { input in
            try checked(unsafe ZSTD_findFrameCompressedSize(input.baseAddress, input.count))
        }
        guard frameByteCount == bytes.count else {
            throw CompressionError(
                .trailingBytes, "\(bytes.count - frameByteCount) bytes follow the frame; send one frame alone"
            )
        }
        return Int(contentByteCount)
    }
}

/// Returns a size that the library returned.
///
/// - Throws: ``CompressionError`` for a size that stands for an error.
func checked(_ result: Int) throws -> Int {
    guard ZSTD_isError(result) != 0 else { return result }
    let name = unsafe String(cString: ZSTD_getErrorName(result))
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_dstSize_tooSmall:
        throw CompressionError(.oversized, "the content exceeds its declared size (\(name))")
    case ZSTD_error_memory_allocation, ZSTD_error_workSpace_tooSmall:
        throw CompressionError(.library, name)
    default:
        throw CompressionError(.malformed, name)
    }
}
