internal import LinearAlgebra

/// The sum of the columns of a matrix whose columns change one at a time.
///
/// A change costs the same for two columns and for a thousand. The sum is kept in twice the precision, and it is formed
/// anew before what rounding may have left exceeds 2^-88 of the largest element (``largestThroughput``): also where
/// a huge column has gone, and where one that was not finite has.
struct RunningColumnSum: Sendable {
    /// The sum is formed anew when the sizes of the columns that went in and out add up to more than this many times
    /// that of the largest column: after some 30,000 changes of equal size.
    static let largestThroughput = 0x1p16

    private var sum: CompensatedVectorSum
    /// The largest magnitude in each column; infinite where an element is not finite.
    private var sizes: [Double]
    /// The sum of the sizes that went in and out since the sum was formed.
    private var throughput = 0.0

    /// Creates the sum of `count` columns of length `dimension`.
    init(dimension: Int, count: Int, column: (Int) -> [Double]) {
        sum = CompensatedVectorSum(dimension: dimension)
        sizes = (0..<count).map { Self.size(of: column($0)) }
        form(from: column)
    }

    /// The sum of all columns.
    var value: [Double] { sum.value }

    /// Replaces a column.
    ///
    /// - Parameter column: Returns a column as it is after the change.
    /// - Complexity: O(d), and now and then O(d T).
    mutating func replace(_ task: Int, from old: [Double], to new: [Double], column: (Int) -> [Double]) {
        let size = Self.size(of: new)
        throughput += sizes[task] + size
        sizes[task] = size
        if throughput <= Self.largestThroughput * (sizes.max() ?? 0) {
            sum.replace(old, by: new)
        } else {
            form(from: column)
        }
    }

    private mutating func form(from column: (Int) -> [Double]) {
        let zero = [Double](repeating: 0, count: sum.value.count)
        sum = CompensatedVectorSum(dimension: zero.count)
        for task in sizes.indices { sum.replace(zero, by: column(task)) }
        throughput = 0
    }

    private static func size(of column: [Double]) -> Double {
        let size = Vector.largestMagnitude(column)
        return size.isNaN ? .infinity : size
    }
}
