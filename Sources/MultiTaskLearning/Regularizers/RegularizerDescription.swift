/// What the documentation says of a regularizer.
package struct RegularizerDescription: Sendable, Equatable {
    /// In plain characters: w_t is a column, `W_i.` a row, s_i a singular value.
    package let formula: String
    package let paper: String
    /// Of the whole proximal operator; k = min(d, T).
    package let proximalCost: String
    /// What the aggregator keeps of V, and what a column then costs.
    package let statistic: String
    /// What bounds the objective from below in `atoll solve`.
    package let certificate: String
}

extension RegularizerKind {
    /// What the documentation says.
    package var description: RegularizerDescription {
        switch self {
        case .nuclear:
            .init(
                formula: "sum_i s_i", paper: "Ji, Ye 2009", proximalCost: "singular values, O(d T k)",
                statistic: "Gram matrix of the smaller side; its factor after a change, then O(d k)",
                certificate: "dual norm: largest singular value")
        case .l21:
            .init(
                formula: "sum_i norm(W_i.)", paper: "Argyriou et al. 2006; Liu et al. 2009",
                proximalCost: "O(d T)", statistic: "row norms, O(d)",
                certificate: "dual norm: largest row norm")
        case .l1:
            .init(
                formula: "sum_it abs(W_it)", paper: "Tibshirani 1996", proximalCost: "O(d T)",
                statistic: "the column alone, O(d)", certificate: "dual norm: largest magnitude")
        case .ridge:
            .init(
                formula: "norm(W)^2 / 2", paper: "Hoerl, Kennard 1970", proximalCost: "O(d T)",
                statistic: "the column alone, O(d)", certificate: "conjugate, closed")
        case .elasticNet:
            .init(
                formula: "l1_ratio * l1 + (1 - l1_ratio) * ridge", paper: "Zou, Hastie 2005",
                proximalCost: "O(d T)", statistic: "the column alone, O(d)", certificate: "conjugate, closed")
        case .mean:
            .init(
                formula: "sum_t norm(w_t - mean)^2 / 2", paper: "Evgeniou, Pontil 2004",
                proximalCost: "O(d T)", statistic: "mean, O(d)", certificate: "conjugate, closed")
        case .evgeniou:
            .init(
                formula: "norm(mean)^2 + deviation_weight / T * sum_t norm(w_t - mean)^2",
                paper: "Evgeniou et al. 2005", proximalCost: "O(d T)", statistic: "mean, O(d)",
                certificate: "conjugate, closed")
        case .graph:
            .init(
                formula: "sum_edges weight * norm(w_i - w_j)^2 / 2 = tr(W L W') / 2",
                paper: "Evgeniou et al. 2005; Zhou et al. 2012 (SRMTL)",
                proximalCost: "O(d T^2), once O(T^3)", statistic: "none but V, O(T (d + T))",
                certificate: "conjugate, closed")
        case .temporal:
            .init(
                formula: "sum_t norm(w_t+1 - w_t)^2 / 2, tasks in the order of the study",
                paper: "Zhou et al. 2011", proximalCost: "O(d T)", statistic: "the whole operator",
                certificate: "conjugate, closed")
        case .covariance:
            .init(
                formula: "tr(W Omega^-1 W'), Omega given", paper: "Bonilla et al. 2007; Zhang, Yeung 2010",
                proximalCost: "O(d T^2), once O(T^3)", statistic: "none but V, O(T (d + T))",
                certificate: "conjugate, closed")
        case .learnedCovariance:
            .init(
                formula: "min_Omega tr(W Omega^-1 W') / 2, tr Omega = 1, = (sum_i s_i)^2 / 2",
                paper: "Zhang, Yeung 2010; Argyriou et al. 2008", proximalCost: "singular values, O(d T k)",
                statistic: "a factor of the smaller side, decomposed when it is too old, then O(d k)",
                certificate: "conjugate: largest s_i^2 / 2")
        case .l1inf:
            .init(
                formula: "sum_i max_t abs(W_it)", paper: "Quattoni et al. 2009",
                proximalCost: "O(d T log T)", statistic: "the whole operator",
                certificate: "dual norm: largest sum of a row's magnitudes")
        case .sparseGroup:
            .init(
                formula: "row_weight * l21 + element_weight * l1", paper: "Simon et al. 2013",
                proximalCost: "O(d T)", statistic: "norms of rows with shrunk elements, O(d)",
                certificate: "dual norm of each row by bisection")
        case .dirty:
            .init(
                formula: "min_P+Q=W row_weight * l1inf(P) + element_weight * l1(Q)",
                paper: "Jalali et al. 2010", proximalCost: "O(d T log T)", statistic: "the whole operator",
                certificate: "dual norm: the larger of the parts'")
        case .dirtyL21:
            .init(
                formula: "min_P+Q=W row_weight * l21(P) + element_weight * l1(Q)",
                paper: "Jalali et al. 2010; Janati et al. 2019", proximalCost: "O(d T log T)",
                statistic: "the whole operator", certificate: "dual norm: the larger of the parts'")
        case .robust:
            .init(
                formula: "min_P+Q=W low_rank_weight * nuclear(P) + outlier_weight * sum_t norm(q_t)",
                paper: "Chen et al. 2011", proximalCost: "iteration: singular values a step",
                statistic: "the whole operator, from where it last ended",
                certificate: "dual norm: the larger of the parts'")
        case .split:
            .init(
                formula: "min_P+Q=W first_weight * g1(P) + second_weight * g2(Q), g1 and g2 of split_parts",
                paper: "Chen, Liu, Ye 2012 (sparse + low rank); Gong et al. 2012 (rMTFL)",
                proximalCost:
                    "iteration: both parts' operators a step; O(d T log T) for l1inf or l21 with l1",
                statistic: "the whole operator, from where it last ended",
                certificate: "dual norm: the larger of the parts', each over its weight")
        case .cmtl:
            .init(
                formula: "min_M eta (1 + eta) tr(W (eta I + M)^-1 W'), tr M = clusters, 0 <= M <= I",
                paper: "Zhou et al. 2011 (CMTL)", proximalCost: "singular values, O(d T k)",
                statistic: "a factor of the smaller side, decomposed when it is too old, then O(d k)",
                certificate: "conjugate: eta sum_i s_i^2 and the largest s_i^2")
        case .jacob:
            .init(
                formula:
                    "mean_weight * T norm(mean)^2 + min_S tr(W Pi S^-1 Pi W'), 1/within_weight <= S <= 1/between_weight, "
                    + "tr S = (T - clusters + 1)/within_weight + (clusters - 1)/between_weight",
                paper: "Jacob et al. 2008", proximalCost: "singular values, O(d T k)",
                statistic: "a factor of the smaller side, decomposed when it is too old, then O(d k)",
                certificate: "conjugate, spectral")
        case .pairwise:
            .init(
                formula: "sum_i<j norm(w_i - w_j)", paper: "Chi, Lange 2015",
                proximalCost: "iteration: O(d T^2) a step",
                statistic: "the whole operator, from where it last ended",
                certificate: "upper bound of the dual norm from a flow between tasks")
        }
    }

    /// Returns the table of all regularizers as a Markdown page; `docs/regularizers.md` is this text.
    package static func markdown() -> String {
        let rows = allCases.map { kind in
            let description = kind.description
            var parameters = kind.parameters.filter { $0 != .addedRidge }.map {
                "`\($0.rawValue)` (\($0.range == .count ? "\(Int($0.standardValue))" : "\($0.standardValue)"))"
            }
            if let structure = kind.requiredStructure { parameters.append("`task_\(structure.rawValue)`") }
            if kind.takesParts {
                parameters.append("`split_parts` (\(SplitParts.standard.names.joined(separator: ", ")))")
            }
            return "| `\(kind.rawValue)` | `\(description.formula)` | \(description.paper) "
                + "| \(parameters.joined(separator: ", ")) | \(description.proximalCost) "
                + "| \(description.statistic) | \(description.certificate) |"
        }
        let parts = SplitParts.Norm.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        return """
            # Regularizers

            A study minimises the sum of its tasks' losses plus `lambda` times one of these functions of the d x T matrix W,
            a column a task. Rows that the study leaves unpenalized (an intercept) are not in it.

            * Every one takes `added_ridge` (0): that times norm(W)^2 / 2 is added, prox_{s (g + ridge)}(V) =
              prox_{s/c g}(V / c) with c = 1 + s added_ridge.
            * Statistic: what the aggregator keeps of its auxiliary matrix V, so that a column of the proximal operator costs
              what is said. "The whole operator" is renewed once after each change.
            * Certificate: the lower bound of `atoll solve`, Fenchel's with the loss gradients. Where the function is a norm
              they are scaled into its dual ball; where it is not, its conjugate is subtracted. An added ridge makes any
              conjugate finite.
            * `split_parts` are two different ones of \(parts): the norms of these names, and for `columns`
              sum_t norm(w_t), outlier tasks.
            * norm is Euclidean, Pi = I - 11'/T, k = min(d, T).

            This page is made from the code; a test compares the two.

            | regularizer | formula | paper | parameters (default) | prox | statistic | certificate |
            |---|---|---|---|---|---|---|

            """ + rows.joined(separator: "\n") + "\n"
    }
}
