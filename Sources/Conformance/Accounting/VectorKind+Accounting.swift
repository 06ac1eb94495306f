internal import PrivacyAccounting

extension VectorKind {
    /// Reference values of accountants: objects with a `class` under `rows`, tolerances as their header
    /// suggests.
    ///
    /// Upper bounds of other tools are held to be upper bounds, not values: what is looser or underestimates
    /// by the header's own words (`CAUTION`, the CLT approximation) must be avoided, not met.
    static let accounting = VectorKind(
        name: "dp-accounting",
        vectors: { document in
            guard document["header"]?["classes"] != nil, let rows = document["rows"]?.array else { return [] }
            return rows.contains { $0["class"] != nil } ? rows : []
        },
        run: { index, json in
            let name = json["id"]?.string ?? "row \(index)"
            var vector = AccountingVector(json)
            var outcome = ConformanceCase(name: name)
            do {
                try vector.run()
            } catch {
                outcome.failure = "\(error)"
            }
            outcome.error = vector.worstError
            return outcome
        })
}

extension AccountingVector {
    /// Checks the row by its class.
    mutating func run() throws {
        switch json["class"]?.string {
        case "gaussian_no_sampling": try runGaussian()
        case "gaussian_replace_one": try runGaussianReplaceOne()
        case "analytic_gaussian_delta": try runAnalyticDelta()
        case "analytic_gaussian_sigma": try runAnalyticSigma()
        case "discrete_gaussian": try runDiscreteGaussian()
        case "poisson_gaussian": try runPoissonGaussian()
        case "heterogeneous": try runHeterogeneous()
        case "sampled_replace_one": try runSampledReplaceOne()
        case "calibrated_sigma": try runCalibration()
        case "rdp_curve_poisson_gaussian": try runPoissonCurve()
        case "rdp_curve_without_replacement_gaussian": try runFixedSizeCurve()
        case "rdp_to_eps": try runConversion()
        case "basic_and_advanced_composition": try runSimpleComposition()
        case "amplification_by_poisson_sampling_pure_formula": try runAmplification()
        case "group_privacy_vadhan_2.2": try runGroup()
        case "audit_clopper_pearson": try runClopperPearson()
        case "audit_one_run": try runOneRun()
        case let other: throw MalformedVector("the class \(other ?? "(none)") is not known here")
        }
    }
}
