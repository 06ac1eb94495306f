internal import CZstd

/// The library's working memory for compression; one owner, freed with it.
@safe struct CompressionContext: ~Copyable {
    private let pointer: OpaquePointer

    /// Creates a context.
    ///
    /// - Throws: ``CompressionError`` `library` when memory is exhausted.
    init() throws {
        guard let created = unsafe ZSTD_createCCtx() else {
            throw CompressionError(.library, "no memory for a compression context")
        }
        unsafe pointer = unsafe created
    }

    deinit {
        unsafe ZSTD_freeCCtx(pointer)
    }

    /// Returns one frame that declares its content size and holds no checksum.
    func compress(_ bytes: [UInt8], level: Int) throws -> [UInt8] {
        let capacity = ZSTD_compressBound(bytes.count)
        return try unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            let result = unsafe bytes.withUnsafeBytes { input in
                unsafe ZSTD_compressCCtx(
                    pointer, output.baseAddress, output.count, input.baseAddress, input.count, Int32(level))
            }
            count = try checked(result)
        }
    }
}
