/// The sum of magnitudes.
struct L1Norm: ElementwiseFunction {
    var l1Weight: Double { 1 }
    var ridgeWeight: Double { 0 }
}
