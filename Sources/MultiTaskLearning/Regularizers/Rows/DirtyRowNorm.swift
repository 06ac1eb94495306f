internal import LinearAlgebra

/// min over P + Q = W of rowWeight * |P|_{2,1} + elementWeight * |Q|_1: the dirty model with Euclidean norms of rows.
///
/// With rowWeight >= sqrt(T) elementWeight it is elementWeight times l1, with elementWeight >= rowWeight it is
/// rowWeight times l2,1.
///
/// - SeeAlso: Jalali, Ravikumar, Sanghavi, Ruan (NIPS 2010), with the norm of Janati, Cuturi, Gramfort (AISTATS 2019).
struct DirtyRowNorm: RowFunction {
    /// Both positive.
    let rowWeight: Double
    let elementWeight: Double

    /// The best P is the row clipped at a bound c, where rowWeight c = elementWeight |P|.
    func value(ofRow row: [Double]) -> Double {
        let largest = Vector.largestMagnitude(row)
        guard largest > 0 else { return 0 }
        let sizes = row.map { $0.magnitude / largest }.sorted(by: >)
        func value(clippedAt bound: Double) -> Double {
            let outside = sizes.reduce(0) { $0 + max(0, $1 - bound) }
            return rowWeight * Vector.norm(sizes.map { min($0, bound) }) + elementWeight * outside
        }
        // Any bound gives an upper bound of the value; those at which k elements are clipped are tried.
        var best = min(value(clippedAt: 0), value(clippedAt: 1))
        let ratio = elementWeight / rowWeight
        var rest = sizes.reversed().reduce(0) { $0 + $1 * $1 }
        for (index, size) in sizes.enumerated() {
            rest = max(0, rest - size * size)
            let room = 1 - Double(index + 1) * ratio * ratio
            guard room > 0 else { break }
            best = min(best, value(clippedAt: ratio * (rest / room).squareRoot()))
        }
        return best * largest
    }

    func proximal(ofRow row: [Double], scale: Double) -> [Double] {
        Vector.subtracting(
            BoxedBall.projection(of: row, norm: scale * rowWeight, largestMagnitude: scale * elementWeight),
            from: row)
    }

    func dualNorm(ofRow row: [Double]) -> Double {
        max(Vector.largestMagnitude(row) / elementWeight, Vector.norm(row) / rowWeight)
    }
}
