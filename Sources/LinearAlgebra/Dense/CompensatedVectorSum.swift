/// The sum of some vectors of which one is replaced at a time, in twice the precision of its elements.
///
/// Each element is an unevaluated sum of two doubles; what an addition loses (Knuth's TwoSum: Ogita, Rump, Oishi 2005,
/// algorithm 3.1) goes into the second. An addition then errs by less than 2^-104 of what is added or summed.
package struct CompensatedVectorSum: Sendable {
    /// The sum, rounded to the nearest double.
    package private(set) var value: [Double]
    private var correction: [Double]

    /// Creates the sum of no vector.
    package init(dimension: Int) {
        value = [Double](repeating: 0, count: dimension)
        correction = value
    }

    /// Takes `old` out of the sum and `new` in.
    package mutating func replace(_ old: [Double], by new: [Double]) {
        precondition(
            old.count == value.count && new.count == value.count,
            "vectors of \(old.count) and \(new.count) elements for a sum of \(value.count)")
        unsafe old.withUnsafeBufferPointer { old in
            unsafe new.withUnsafeBufferPointer { new in
                unsafe value.withUnsafeMutableBufferPointer { value in
                    unsafe correction.withUnsafeMutableBufferPointer { correction in
                        for index in 0..<old.count {
                            let (added, firstError) = unsafe Self.twoSum(value[index], new[index])
                            let (sum, secondError) = unsafe Self.twoSum(added, -old[index])
                            let rest = unsafe correction[index] + (firstError + secondError)
                            let rounded = sum + rest
                            unsafe value[index] = rounded
                            unsafe correction[index] = rest - (rounded - sum)
                        }
                    }
                }
            }
        }
    }

    /// Returns the rounded sum of two numbers and, exactly, what it lacks.
    @inline(__always)
    private static func twoSum(_ x: Double, _ y: Double) -> (sum: Double, error: Double) {
        let sum = x + y
        let part = sum - x
        return (sum, (x - (sum - part)) + (y - part))
    }
}
