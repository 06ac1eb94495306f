internal import CZlib

/// Inflates raw deflate data (RFC 1951) piece by piece, in memory of fixed size.
@safe final class RawInflater {
    // zlib keeps the address of its stream, so the stream lives on the heap and never moves.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Whether the end of the deflate data was reached.
    private(set) var isFinished = false

    /// Creates an inflater; throws when memory is short.
    init() throws {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe atoll_inflate_init_raw(stream)
        guard status == Z_OK else {
            unsafe stream.deallocate()
            throw DatasetsError(.unreadable, "cannot start zlib: status \(status)")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates from `source[range]` to `target[from...]`.
    ///
    /// - Returns: How many bytes were taken and given; nil when the data is damaged.
    func inflate(
        _ source: [UInt8], _ range: Range<Int>, into target: inout [UInt8], from index: Int
    ) -> (taken: Int, given: Int)? {
        precondition(
            range.upperBound <= source.count && index <= target.count && target.count < Int(UInt32.max)
                && source.count < Int(UInt32.max), "bounds of the buffers")
        let room = target.count - index
        return unsafe source.withUnsafeBytes { input in
            unsafe target.withUnsafeMutableBytes { output in
                // zlib does not write through next_in.
                let start = unsafe UnsafeMutableRawPointer(mutating: input.baseAddress)
                unsafe stream.pointee.next_in =
                    unsafe start?.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_in = UInt32(range.count)
                unsafe stream.pointee.next_out =
                    unsafe output.baseAddress?.advanced(by: index).assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(room)
                let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                // Z_BUF_ERROR says only that one side ran dry, which is normal here.
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
                isFinished = status == Z_STREAM_END
                return (
                    taken: range.count - Int(unsafe stream.pointee.avail_in),
                    given: room - Int(unsafe stream.pointee.avail_out)
                )
            }
        }
    }
}

/// The CRC-32 of ZIP archives.
struct ZipChecksum {
    private var value: UInt = 0

    /// The checksum of the bytes so far.
    var checksum: UInt32 { UInt32(truncatingIfNeeded: value) }

    /// Takes in the first `count` bytes.
    mutating func update(_ bytes: [UInt8], range: Range<Int>) {
        unsafe bytes[range].withUnsafeBufferPointer { pointer in
            value = unsafe crc32(value, pointer.baseAddress, UInt32(pointer.count))
        }
    }
}
