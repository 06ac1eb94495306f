internal import COpenBLAS

/// The start of OpenBLAS and the conversion of sizes to its integers.
enum OpenBLAS {
    // The operator decides how many cores a process uses by the number of its tasks; worker threads of the
    // library would compete with them, and the order of their sums would not repeat.
    private static let singleThread: Void = openblas_set_num_threads(1)

    /// Returns `count` as OpenBLAS takes it, after making sure that the library runs one thread.
    static func size(_ count: Int) -> Int32 {
        singleThread
        guard let size = Int32(exactly: count) else {
            preconditionFailure("OpenBLAS takes sizes up to \(Int32.max), got \(count)")
        }
        return size
    }

    /// Returns the leading dimension of a column-major matrix, which LAPACK wants to be at least 1.
    static func leadingDimension(_ rowCount: Int) -> Int32 {
        size(max(1, rowCount))
    }

    /// Stops the program when LAPACK reports that an argument is illegal: the wrapper itself is wrong.
    static func checkArguments(_ info: Int32, of routine: StaticString) {
        precondition(info >= 0, "\(routine): argument \(-info) is illegal")
    }
}
