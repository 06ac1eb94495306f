internal import Glibc
internal import PrivacyAccounting

/// Rows about Gaussian noise without sampling.
extension AccountingVector {
    mutating func runGaussian() throws {
        let (delta, relation, event) = (try delta, try relation, try event())
        var exact = ExactGaussianAccountant(relation: relation)
        try exact.compose(event)
        try require("eps_exact", exact.epsilon(delta: delta), is: number("eps_exact"), within: 1e-9)
        var renyi = RenyiAccountant(relation: relation, orders: Self.commonOrders)
        try renyi.compose(event)
        for (conversion, path) in [
            (RenyiConversion.improved, ["eps"]), (.classic, ["classic_mironov", "eps"]),
        ] {
            let result = try renyi.epsilon(delta: delta, conversion: conversion)
            let expected =
                path.count == 1 ? try number("eps_rdp", "eps") : try number("eps_rdp", path[0], path[1])
            try require("eps_rdp \(conversion)", result.epsilon, is: expected, within: 1e-9)
        }
        // The header: coarse where the interval is 0.01 or more.
        try runLossDistribution(event, isReferenceFine: number("eps_pld", "interval") < 0.01)
    }

    mutating func runGaussianReplaceOne() throws {
        let event = try event(noiseKey: "sigma_over_clip")
        var exact = ExactGaussianAccountant(relation: try relation)
        try exact.compose(event)
        let epsilon = try exact.epsilon(delta: try delta)
        try require("eps_exact", epsilon, is: number("eps_exact"), within: 1e-9)
        try require("eps_pld_replace_one", epsilon, isAtMost: number("eps_pld_replace_one") * (1 + 1e-9))
    }

    mutating func runAnalyticDelta() throws {
        let text = json["delta"]?.string ?? ""
        let parts = text.split(separator: "e")
        guard let mantissa = parts.first.flatMap({ Double($0) }), mantissa > 0 else {
            throw MalformedVector("delta is no decimal text")
        }
        let exponent = parts.count == 2 ? Double(parts[1]) ?? .nan : 0
        let expected = log(mantissa) + exponent * log(10.0)
        let value = GaussianPrivacy.logDelta(epsilon: try number("eps"), mu: 1 / (try number("sigma")))
        // Of logarithms: far below the smallest double.
        try require("delta", exp(value - expected), is: 1, within: 1e-10)
    }

    mutating func runAnalyticSigma() throws {
        let sigma = 1 / GaussianPrivacy.mu(epsilon: try number("eps"), delta: try delta)
        try require("sigma", sigma, is: number("sigma"), within: 1e-9)
        guard case .bool(let isValid)? = json["classic_valid"] else {
            throw MalformedVector("classic_valid is no boolean")
        }
        if isValid { try require("sigma", sigma, isAtMost: number("sigma_classic_dwork_roth")) }
    }

    mutating func runDiscreteGaussian() throws {
        let distribution = try DiscreteGaussian(squaredScale: try number("sigma_squared"))
        try require("variance", distribution.variance, is: number("variance"), within: 1e-12)
        for (value, expected) in try numbers("pmf_0_to_5").enumerated() {
            try require("pmf(\(value))", distribution.probability(value), is: expected ?? .nan, within: 1e-12)
        }
        guard case .object(let deltas)? = json["delta_sensitivity_1"] else {
            throw MalformedVector("delta_sensitivity_1 is no object")
        }
        for epsilon in deltas.keys.sorted() {
            let value = distribution.delta(epsilon: Double(epsilon) ?? .nan, sensitivity: 1)
            try require("delta(\(epsilon))", value, is: number("delta_sensitivity_1", epsilon), within: 1e-10)
        }
    }
}
