internal import CZstd

/// The library's working memory for decompression; one owner, freed with it.
@safe struct DecompressionContext: ~Copyable {
    private let pointer: OpaquePointer

    /// Creates a context.
    ///
    /// - Throws: ``CompressionError`` `library` when memory is exhausted.
    init() throws {
        guard let created = unsafe ZSTD_createDCtx() else {
            throw CompressionError(.library, "no memory for a decompression context")
        }
        unsafe pointer = unsafe created
    }

    deinit {
        unsafe ZSTD_freeDCtx(pointer)
    }

    /// Returns the content of one frame, which must be exactly `contentByteCount` bytes.
    ///
    /// The output itself serves as the window, so nothing else grows with the frame.
    func decompress(_ frame: [UInt8], contentByteCount: Int) throws -> [UInt8] {
        let content = try unsafe [UInt8](unsafeUninitializedCapacity: contentByteCount) { output, count in
            let result = unsafe frame.withUnsafeBytes { input in
                // An empty Swift buffer may have no address; the library asks for none either.
                unsafe ZSTD_decompressDCtx(
                    pointer, output.baseAddress, contentByteCount, input.baseAddress, input.count)
            }
            count = try checked(result)
        }
        guard content.count == contentByteCount else {
            throw CompressionError(
                .malformed, "the frame declares \(contentByteCount) bytes and holds \(content.count)")
        }
        return content
    }
}
