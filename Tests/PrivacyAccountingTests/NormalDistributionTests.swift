internal import Testing

@testable internal import PrivacyAccounting

/// Expected values: mpmath 1.4.1 with 40 digits, from erfc and its inverse.
@Suite struct NormalDistributionTests {
    @Test(
        "the Mills ratio and the logarithm of the tail are right to 2e-15, also far out",
        arguments: [
            (-5.0, 672621.63672287925231, -2.8665161296376359338e-7),
            (-1, 3.4770518117036944669, -0.17275377902344988953),
            (0, 1.2533141373155002512, -0.69314718055994530942),
            (3.9, 0.24210933472105986796, -9.9423043916913566831),
            (4, 0.23665238291356067062, -10.360101486527290828),
            (4.1, 0.23142643286975405092, -10.787431773744636672),
            (38, 0.026297602974252964378, -726.5572160188201301),
            (200, 0.00499987500937382833, -20006.217280898190402),
        ] as [(Double, Double, Double)])
    func tails(x: Double, mills: Double, logTail: Double) {
        #expect(abs(NormalDistribution.millsRatio(x) / mills - 1) < 4e-15)
        // At -5 the tail is within 3e-7 of 1: its logarithm is as good as that leaves it.
        #expect(abs(NormalDistribution.logUpperTail(x) - logTail) < 4e-15 * abs(logTail) + 2e-16)
    }

    @Test(
        "quantiles are right to 1e-13",
        arguments: [
            (1e-300, -37.047096299361199237), (1e-12, -7.0344838253011319298),
            (0.025, -1.9599639845400542355),
            (0.3, -0.52440051270804078404), (0.5, 0), (0.9, 1.281551565544600467),
        ] as [(Double, Double)])
    func quantiles(probability: Double, expected: Double) {
        #expect(abs(NormalDistribution.quantile(probability) - expected) <= 1e-13 * abs(expected))
    }
}
