/// How a study's problem is split between sites and aggregator.
package enum Splitting: Sendable, Equatable {
    /// The sites take gradient steps; nil where their eta is chosen from the tasks' data (``EtaRule``).
    case backwardForward(BackwardForward?)
    /// The sites take proximal steps of their own losses.
    case douglasRachford(DouglasRachford)
}
