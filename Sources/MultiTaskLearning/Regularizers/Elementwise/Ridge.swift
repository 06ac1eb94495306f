/// Half the sum of squares.
struct Ridge: ElementwiseFunction {
    var l1Weight: Double { 0 }
    var ridgeWeight: Double { 1 }
}
