internal import PrivacyAccounting

/// Rows about sampled Gaussian noise and mixes of releases.
extension AccountingVector {
    mutating func runPoissonGaussian() throws {
        let (delta, relation, event) = (try delta, try relation, try event())
        var whole = RenyiAccountant(relation: relation, orders: Self.wholeOrders)
        try whole.compose(event)
        let byWholeOrders = try whole.epsilon(delta: delta, conversion: .improved)
        try require(
            "eps_rdp_integer_orders", byWholeOrders.epsilon, is: number("eps_rdp_integer_orders", "eps"),
            within: 1e-9)
        try require(
            "order", byWholeOrders.order ?? .nan, is: number("eps_rdp_integer_orders", "order"), within: 0)
        let epsilon = try runRenyi(event)
        try require("eps_rdp", epsilon, isAtMost: number("eps_rdp_integer_orders", "eps") * (1 + 1e-9))
        if let epsilonByDistribution = optional("eps_pld", "eps") {
            try require("eps_rdp", epsilon, isAtLeast: 0.999 * epsilonByDistribution - 1e-3)
        }
        try runLossDistribution(event, isReferenceFine: true)
    }

    mutating func runHeterogeneous() throws {
        let parts = try (json["parts"]?.array ?? []).map { part in
            let part = AccountingVector(part)
            guard part.json["mechanism"]?.string == "laplace" else { return try part.event() }
            return PrivacyEvent.selfComposed(
                .laplace(scale: try part.number("scale_b_over_sensitivity")), count: try part.count("steps"))
        }
        try runRenyi(.composed(parts), key: "eps_rdp")
        try runLossDistribution(.composed(parts), isReferenceFine: true)
    }

    mutating func runSampledReplaceOne() throws {
        let (delta, relation) = (try delta, try relation)
        let (rate, noise, steps) = (try number("q"), try number("sigma_over_clip"), try count("steps"))
        var distribution = LossDistributionAccountant(relation: relation)
        try distribution.compose(.poissonSampled(rate: rate, .gaussian(noiseMultiplier: noise)), count: steps)
        let bounds = try distribution.epsilonBounds(delta: delta)
        let reference = try number("poisson_eps_pld_replace_one")
        try require("eps_pld", bounds.upper, isAtMost: max(reference + 2e-3, 1.005 * reference))
        try require("lower bound", bounds.lower, isAtMost: reference)
        // A noise multiplier over the sensitivity 2 C is half of that over C, as this build counts.
        for (multiplier, key) in [
            (2 * noise, "wor_eps_rdp_noise_multiplier_is_sigma"),
            (noise, "wor_eps_rdp_noise_multiplier_is_sigma_over_2"),
        ] {
            let orders = Self.commonOrders.filter { $0 == $0.rounded() }
            var renyi = RenyiAccountant(relation: relation, orders: orders)
            try renyi.compose(
                .sampledWithoutReplacement(rate: rate, .gaussian(noiseMultiplier: multiplier)), count: steps)
            try require(key, renyi.epsilon(delta: delta), is: number(key, "eps"), within: 1e-8)
        }
    }

    mutating func runCalibration() throws {
        let relation = try relation
        let target = PrivacyTarget(
            calibration: try PrivacyCalibration(
                epsilon: try number("target_eps"), delta: try delta, relation: relation),
            rate: try number("q"),
            steps: try count("steps"))
        let byRenyi = try target.noise(by: RenyiAccountant.self, tolerance: 1e-6)
        let reference = try number("sigma_rdp")
        try require("sigma_rdp", byRenyi, isAtMost: reference * (1 + 1e-3))
        let byDistribution = try target.noise(by: LossDistributionAccountant.self, tolerance: 1e-5)
        // Less noise than the reference, whose fractional orders are loose, is right down to what the tight
        // one needs.
        try require("sigma_rdp", byRenyi, isAtLeast: min(reference * (1 - 1e-3), byDistribution))
        if let sigma = optional("sigma_pld", "sigma") {
            try require("sigma_pld", byDistribution, is: sigma, within: 1e-3)
        }
        if let sigma = optional("sigma_exact") {
            let exact = try target.noise(by: ExactGaussianAccountant.self, tolerance: 1e-10)
            try require("sigma_exact", exact, is: sigma, within: 1e-3)
        }
    }

    /// Checks the account by Renyi divergences against the upper bound of another tool; returns its epsilon.
    @discardableResult
    private func runRenyi(_ event: PrivacyEvent, key: String = "eps_rdp_dp_accounting") throws -> Double {
        var renyi = RenyiAccountant(relation: try relation)
        try renyi.compose(event)
        let improved = try renyi.epsilon(delta: delta, conversion: .improved).epsilon
        let classic = try renyi.epsilon(delta: delta, conversion: .classic).epsilon
        if let bound = optional(key, "eps") { try require("eps_rdp", improved, isAtMost: bound * (1 + 1e-9)) }
        if let bound = optional(key, "classic_mironov", "eps") {
            try require("classic eps_rdp", classic, isAtMost: bound * (1 + 1e-9))
        }
        if let bound = optional("eps_rdp_opacus") {
            // Its series' remainder: good to a few digits less.
            try require("eps_rdp", improved, isAtMost: bound * (1 + 1e-6))
        }
        return improved
    }

    /// Checks the loss distribution's bounds against those of other tools.
    func runLossDistribution(_ event: PrivacyEvent, isReferenceFine: Bool) throws {
        var distribution = LossDistributionAccountant(relation: try relation)
        try distribution.compose(event)
        let bounds = try distribution.epsilonBounds(delta: try delta)
        try require("lower bound", bounds.lower, isAtMost: bounds.upper)
        if let reference = optional("eps_pld", "eps"), isReferenceFine {
            try require("eps_pld", bounds.upper, isAtMost: max(reference + 2e-3, 1.005 * reference))
            try require("lower bound", bounds.lower, isAtMost: reference * (1 + 1e-6))
        }
        if let lower = optional("eps_prv_ms", "lower") {
            try require("eps_pld", bounds.upper, isAtLeast: lower)
            // The approximation by a central limit is below what is proven: it must not be reproduced.
            if let approximation = optional("eps_gdp_clt_opacus"), approximation < lower {
                try require("eps_pld", bounds.upper, isAtLeast: approximation)
            }
        }
        for upper in [optional("eps_prv_ms", "upper"), optional("eps_prv_opacus_upper")] {
            if let upper { try require("lower bound", bounds.lower, isAtMost: upper) }
        }
    }
}

/// What a row of calibrated noise asks for.
private struct PrivacyTarget {
    let calibration: PrivacyCalibration
    let rate: Double
    let steps: Int

    /// Returns the noise multiplier, having checked that it keeps the target.
    func noise<Accountant: PrivacyAccountant>(
        by accountant: Accountant.Type, tolerance: Double
    ) throws -> Double {
        func event(_ noise: Double) -> PrivacyEvent {
            .selfComposed(.poissonSampled(rate: rate, .gaussian(noiseMultiplier: noise)), count: steps)
        }
        let noise = try calibration.noiseMultiplier(by: accountant, tolerance: tolerance, event: event)
        var account = Accountant(relation: calibration.relation)
        try account.compose(event(noise))
        let epsilon = try account.epsilon(delta: calibration.delta)
        guard epsilon <= calibration.epsilon else {
            throw AccountingVector.Deviation(
                description:
                    "noise \(noise) by \(Accountant.name) gives epsilon \(epsilon), above \(calibration.epsilon)"
            )
        }
        return noise
    }
}
