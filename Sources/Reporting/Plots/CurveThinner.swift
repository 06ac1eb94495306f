/// A curve of any number of points in bounded memory, drawn as if none were absent.
///
/// Points are gathered into pieces of equal count; when there are too many pieces, neighbours merge. A piece keeps
/// its lowest and its highest point, so that no extreme is lost; the first and the last point are kept as well.
///
/// - Complexity: O(1) amortised a point; memory of ``PlotLimits/curvePieceCount`` pieces.
package struct CurveThinner: Sendable {
    private struct Point {
        var index: Int
        var x: Double
        var y: Double
    }

    private struct Piece {
        var lowest: Point
        var highest: Point

        mutating func merge(_ other: Piece) {
            if other.lowest.y < lowest.y { lowest = other.lowest }
            if other.highest.y > highest.y { highest = other.highest }
        }
    }

    private let pieceLimit: Int
    private var pieces: [Piece] = []
    private var pointsPerPiece = 1
    private var first: Point?
    private var last: Point?
    /// Points so far, those without a place left out.
    package private(set) var count = 0

    /// Creates an empty curve.
    ///
    /// - Parameter pieceLimit: Pieces at most; two or more, even.
    package init(pieceLimit: Int = PlotLimits.curvePieceCount) {
        precondition(pieceLimit >= 2 && pieceLimit.isMultiple(of: 2), "the limit is even, got \(pieceLimit)")
        self.pieceLimit = pieceLimit
    }

    /// Adds a point, right of those before it; one that is not finite is left out.
    package mutating func append(x: Double, y: Double) {
        guard x.isFinite, y.isFinite else { return }
        let point = Point(index: count, x: x, y: y)
        if first == nil { first = point }
        last = point
        if count.isMultiple(of: pointsPerPiece) {
            if pieces.count == pieceLimit { mergeNeighbours() }
            pieces.append(Piece(lowest: point, highest: point))
        } else {
            pieces[pieces.count - 1].merge(Piece(lowest: point, highest: point))
        }
        count += 1
    }

    /// The points that are left, in their order; at most two a piece and two more.
    package var points: [(x: Double, y: Double)] {
        guard let first, let last else { return [] }
        var kept: [Point] = [first]
        func keep(_ point: Point) {
            if let newest = kept.last, newest.index < point.index { kept.append(point) }
        }
        for piece in pieces {
            let isFalling = piece.highest.index < piece.lowest.index
            keep(isFalling ? piece.highest : piece.lowest)
            keep(isFalling ? piece.lowest : piece.highest)
        }
        keep(last)
        return kept.map { ($0.x, $0.y) }
    }

    private mutating func mergeNeighbours() {
        pieces = stride(from: 0, to: pieces.count, by: 2).map { index in
            var piece = pieces[index]
            piece.merge(pieces[index + 1])
            return piece
        }
        pointsPerPiece *= 2
    }
}
