/// The bounds on what a plot shows.
package enum PlotLimits {
    /// Pieces that a long curve is cut into; each keeps its lowest and its highest point.
    package static let curvePieceCount = 240
    /// Points that are left of any curve: two a piece, the first and the last.
    package static let curvePointCount = 2 * curvePieceCount + 2
    /// Curves, or marks of a row; there are as many colours.
    package static let seriesCount = 6
    /// Bars of a histogram.
    package static let histogramBarCount = 40
    /// Cells that a distribution counts in; a larger value makes every cell twice as wide.
    package static let distributionCellCount = 4_096
    /// Rows that a dot plot shows with their names; more are ranked and drawn side by side.
    package static let namedRowCount = 24
    /// Rows of a dot plot or bar chart in all.
    package static let rowCount = 1_000
    /// Characters of a row's name in a plot; its table has the whole name.
    package static let nameCharacterCount = 22
    /// The largest magnitude that is drawn, and the inverse of the smallest that is not taken for zero: quotients of
    /// two values stay finite.
    package static let magnitude = 1e140
}
