/// A weighted sum of the l1 norm and half the sum of squares.
///
/// - SeeAlso: Zou and Hastie, Regularization and variable selection via the elastic net (JRSS B 67, 2005).
struct ElasticNet: ElementwiseFunction {
    let l1Weight: Double
    let ridgeWeight: Double
}
