internal import PrivacyAccounting

/// Rows about lower bounds from attacks.
extension AccountingVector {
    mutating func runClopperPearson() throws {
        let attack = try EmpiricalEpsilon.Attack(
            memberCount: try count("n_members"), nonmemberCount: try count("n_nonmembers"),
            falsePositives: try count("false_positives"), falseNegatives: try count("false_negatives"))
        let bounds = EmpiricalEpsilon.bounds(
            of: attack, delta: try delta, significance: try number("alpha_total"))
        try require("fpr_upper", bounds.falsePositiveRate, is: number("fpr_upper"), within: 1e-9)
        try require("fnr_upper", bounds.falseNegativeRate, is: number("fnr_upper"), within: 1e-9)
        try require("eps_lower_bound", bounds.epsilon, is: number("eps_lower_bound"), within: 1e-9)
        try require("mu_lower_bound_gdp", bounds.mu, is: number("mu_lower_bound_gdp"), within: 1e-9)
        try require(
            "eps_lower_bound_gdp", bounds.gaussianEpsilon, is: number("eps_lower_bound_gdp"), within: 1e-9)
    }

    mutating func runOneRun() throws {
        let audit = try OneRunAudit(
            canaryCount: try count("m_canaries"), guessCount: try count("guesses"),
            correctCount: try count("correct"))
        let delta = try delta
        try require(
            "p_value_at_eps_1", audit.pValue(epsilon: 1, delta: delta), is: number("p_value_at_eps_1"),
            within: 1e-9)
        let bound = audit.lowerBound(delta: delta, significance: try number("p"))
        try require("eps_lower_bound", bound, is: number("eps_lower_bound"), within: 1e-6)
    }
}
