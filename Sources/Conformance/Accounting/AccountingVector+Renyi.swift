internal import Glibc
internal import PrivacyAccounting

/// Rows about Renyi curves and their conversion.
extension AccountingVector {
    /// The orders of the reference tool.
    static let commonOrders =
        (11...109).map { Double($0) / 10 } + (11...63).map { Double($0) } + [128, 256, 512, 1024]
    /// The orders of the rows' exact binomial sums.
    static let wholeOrders = (2...128).map { Double($0) } + [160, 192, 256, 384, 512, 768, 1024]

    mutating func runPoissonCurve() throws {
        let orders = try numbers("orders").compactMap { $0 }
        let release = try ReleaseTally(
            .poissonSampled(rate: number("q"), .gaussian(noiseMultiplier: number("sigma"))))
        let relation = try relation
        let curve = try RenyiCurve(of: release.runs[0].release, relation: relation, orders: orders)
        guard case .object(let exact)? = json["exact_by_quadrature"] else {
            throw MalformedVector("exact_by_quadrature is no object")
        }
        for key in exact.keys.sorted() {
            guard let order = Double(key), let index = orders.firstIndex(of: order) else {
                throw MalformedVector("the order \(key) is not among the orders")
            }
            try require(
                "order \(key)", curve.divergences[index], is: number("exact_by_quadrature", key), within: 1e-8
            )
        }
        let (common, signed) = (
            try numbers("rdp_per_step_dp_accounting_0.6.0"), try numbers("rdp_per_step_opacus")
        )
        for (index, order) in orders.enumerated() {
            let divergence = curve.divergences[index]
            if let value = common[index] {
                if order == order.rounded() {
                    try require("order \(order)", divergence, is: value, within: 1e-8)
                } else {
                    // By the header an upper bound, up to 2.5 times too large.
                    try require("order \(order)", divergence, isAtMost: value * (1 + 1e-9))
                }
            }
            if let value = signed[index] {
                try require("order \(order)", divergence, is: value, within: 1e-6)
            }
        }
    }

    mutating func runFixedSizeCurve() throws {
        let orders = try numbers("orders").compactMap { $0 }
        // Over the sensitivity, which is two clipping norms.
        let noise = 2 * (try number("noise_multiplier_sigma_over_sensitivity"))
        let release = try ReleaseTally(
            .sampledWithoutReplacement(rate: number("q"), .gaussian(noiseMultiplier: noise)))
        let curve = try RenyiCurve(of: release.runs[0].release, relation: try relation, orders: orders)
        for (index, value) in try numbers("rdp_per_step_upper_bound_WBK2019_thm27").enumerated() {
            try require("order \(orders[index])", curve.divergences[index], is: value ?? .nan, within: 1e-8)
        }
    }

    mutating func runConversion() throws {
        let (rho, delta) = (try number("rho"), try delta)
        func epsilon(_ orders: [Double], _ conversion: RenyiConversion) throws -> RenyiConversion.Result {
            let release = try ReleaseTally(.gaussian(noiseMultiplier: 1 / (2 * rho).squareRoot()))
            let curve = try RenyiCurve(of: release.runs[0].release, relation: .addOrRemoveOne, orders: orders)
            return conversion.epsilon(of: curve, delta: delta)
        }
        // Orders ever closer around the best one.
        func continuous(_ conversion: RenyiConversion) throws -> RenyiConversion.Result {
            var best = try epsilon((1...200).map { 1 + exp(-7 + 0.065 * Double($0)) }, conversion)
            for width in [0.1, 2e-3, 4e-5] {
                let around = (-100...100).map { 1 + ((best.order ?? 2) - 1) * (1 + width * Double($0) / 100) }
                best = try epsilon(around.filter { $0 <= 1024 }, conversion)
            }
            return best
        }
        let best = try epsilon(Self.commonOrders, .improved)
        try require("default orders", best.epsilon, is: number("eps_cks_balle_default_orders"), within: 1e-9)
        try require("default order", best.order ?? .nan, is: number("order_default"), within: 0)
        try require(
            "classic", epsilon(Self.commonOrders, .classic).epsilon,
            is: number("eps_classic_mironov_default_orders"),
            within: 1e-9)
        let smooth = try continuous(.improved)
        try require("real orders", smooth.epsilon, is: number("eps_cks_balle_continuous_order"), within: 1e-9)
        try require("best order", smooth.order ?? .nan, is: number("best_order_continuous"), within: 1e-4)
        try require(
            "classic, real orders", continuous(.classic).epsilon,
            is: number("eps_classic_mironov_continuous"),
            within: 1e-9)
        let exact = GaussianPrivacy.epsilon(delta: delta, mu: (2 * rho).squareRoot())
        try require("exact", exact, is: number("eps_exact_gaussian"), within: 1e-9)
    }

    mutating func runSimpleComposition() throws {
        let (epsilon, count) = (try number("eps0"), try count("k"))
        try require(
            "basic", SimpleComposition.basic(epsilon: epsilon, count: count), is: number("eps_basic"),
            within: 1e-12)
        let advanced = SimpleComposition.advanced(
            epsilon: epsilon, count: count, deltaSlack: try number("delta_slack"))
        try require("advanced", advanced, is: number("eps_advanced_DRV2010"), within: 1e-12)
    }

    mutating func runAmplification() throws {
        let amplified = SimpleComposition.poissonSampled(
            epsilon: try number("eps"), delta: 1, rate: try number("q"))
        try require("epsilon", amplified.epsilon, is: number("eps_amplified"), within: 1e-12)
        try require("delta factor", amplified.delta, is: number("delta_factor"), within: 1e-12)
    }

    mutating func runGroup() throws {
        let group = SimpleComposition.group(
            epsilon: try number("eps"), delta: try delta, size: try count("k"))
        try require("epsilon", group.epsilon, is: number("eps_group"), within: 1e-12)
        try require("delta", group.delta, is: number("delta_group"), within: 1e-12)
    }
}
