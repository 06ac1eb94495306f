internal import LinearAlgebra

/// min over P + Q = W of rowWeight * |P|_{1,inf} + elementWeight * |Q|_1: features shared by all tasks, and
/// single elements beside them.
///
/// Its dual ball is the intersection of those of its parts, so the proximal operator takes from each row its
/// projection on that. With rowWeight >= T elementWeight it is elementWeight times l1, with elementWeight >= rowWeight
/// it is rowWeight times l1,inf.
///
/// - SeeAlso: Jalali, Ravikumar, Sanghavi, Ruan, A dirty model for multi-task learning (NIPS 2010).
struct DirtyNorm: RowFunction {
    /// Both positive.
    let rowWeight: Double
    let elementWeight: Double

    /// The best P is the row clipped at m; what the price of m exceeds, m elements above it give back.
    func value(ofRow row: [Double]) -> Double {
        let sizes = row.map(\.magnitude).sorted(by: >)
        let clippedCount = rowWeight / elementWeight
        let bound = clippedCount < Double(sizes.count) ? sizes[Int(clippedCount)] : 0
        return sizes.reduce(rowWeight * bound) { $0 + elementWeight * max(0, $1 - bound) }
    }

    func proximal(ofRow row: [Double], scale: Double) -> [Double] {
        Vector.subtracting(
            BoxedBall.projection(
                of: row, sumOfMagnitudes: scale * rowWeight, largestMagnitude: scale * elementWeight),
            from: row)
    }

    func dualNorm(ofRow row: [Double]) -> Double {
        max(Vector.largestMagnitude(row) / elementWeight, row.reduce(0) { $0 + $1.magnitude } / rowWeight)
    }
}
