internal import Configuration
internal import Federation
internal import MultiTaskLearning
internal import ReleaseEncoding
package import Reporting

extension StudyCheck {
    package var text: String {
        var lines = LabelledLines()
        lines.append("study", study.name)
        lines.append(
            "problem",
            "\(study.losses.standard.rawValue) loss (\(study.lossScale.rawValue)), \(study.features.rawValue) "
                + "features, \(study.regularizerDescription) x \(study.lambda)")
        lines.append(
            "method",
            "\(study.splitting.rawValue), \(study.mode.rawValue), \(scale), relaxation \(study.relaxation) "
                + "(\(study.relaxationPolicy.rawValue))")
        lines.append("prox", proxText)
        let unknown = "not known: the study names no tasks"
        lines.append("tasks", explanation.taskCount.map(String.init) ?? unknown)
        lines.append("sites", explanation.siteCount.map(String.init))
        lines.append("dimension", explanation.dimension.map(String.init))
        lines.append(
            "bytes per update",
            explanation.updateByteCount.map { "\($0) before packing and sealing, \(study.encoding.rawValue)" }
        )
        if let bound = explanation.delayBound {
            lines.append(
                "ARock's bound",
                "relaxation at most \(NumberText.significant(bound.relaxationBound, digits: 4)) for a staleness of "
                    + "\(bound.maximumDelay) updates\(bound.isAssumed ? " (assumed: 2 x sites)" : "")"
                    + (bound.isKept ? ", kept" : ", exceeded"))
        }
        if case .present(let findings) = data, study.eta != nil {
            lines.append(
                "eta's bound", "below \(NumberText.significant(findings.etaBound, digits: 4)) on these data")
        }
        if case .present(let findings) = data, let eta = findings.chosenEta {
            lines.append("eta", "\(eta) on these data: \(EtaRule.numerator) / L")
        }
        for (label, text) in spending?.lines ?? [] { lines.append(label, text) }
        for (index, stop) in explanation.stops.enumerated() {
            lines.append(index == 0 ? "ends at" : "or at", stop)
        }
        lines.append("digest", explanation.digest + (isDeployable ? "" : " (of the study without its tasks)"))
        lines.append("data", dataText)
        return lines.text + explanation.warnings.map { "warning: \($0)\n" }.joined()
    }

    private var scale: String {
        if let eta = study.eta { return "eta \(eta)" }
        if study.choosesEta { return "eta auto" }
        return "gamma \(study.gamma.map { "\($0)" } ?? "chosen while running"), inertia \(study.inertia ?? 0)"
    }

    private var proxText: String? {
        let kind = study.regularizer
        if kind.iteratesProximal {
            return (kind == .split ? "may be " : "") + "an iteration over all tasks at every update, on the "
                + "thread that answers sites: meant for few tasks (docs/regularizers.md)"
        }
        guard kind.factorRenewal != nil else { return nil }
        let error = "error at most \(study.proxTolerance) of the columns' norm"
        guard study.mode == .asynchronous, let taskCount = explanation.taskCount,
            let dimension = explanation.dimension
        else { return error }
        guard FactorRefresh.pays(kind, dimension: dimension, taskCount: taskCount) else {
            return error + ", with every column (`maximum_factor_age` has no effect at this size)"
        }
        return error + ", factor at most \(study.factorAgeMaximum(taskCount: taskCount)) updates old (bound "
            + "\(FactorPolicy.largestAge(taskCount: taskCount)), half the tasks)"
    }

    private var dataText: String? {
        switch data {
        case .none: nil
        case .absent(let reason): "absent: \(reason)"
        case .present(let findings):
            "\(findings.recordCount) records of \(findings.taskCount) tasks"
                + (isFilledIn
                    ? "; the study names no tasks: tasks, sites, dimension and digest are as `atoll run` would fill "
                        + "them in" : "")
        }
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["study"] = JSONValue(study.name)
        object["deployable"] = JSONValue(isDeployable)
        object["filled_in"] = JSONValue(isFilledIn)
        object["tasks"] = JSONValue(explanation.taskCount)
        object["sites"] = JSONValue(explanation.siteCount)
        object["dimension"] = JSONValue(explanation.dimension)
        object["bytes_per_update"] = JSONValue(explanation.updateByteCount)
        object["bytes_per_release_maximum"] = JSONValue(explanation.releaseByteCountMaximum)
        object["arock_bound"] = .null
        if let bound = explanation.delayBound {
            object["arock_bound"] = [
                "relaxation": JSONValue(bound.relaxationBound),
                "maximum_delay": JSONValue(bound.maximumDelay),
                "assumed": JSONValue(bound.isAssumed), "kept": JSONValue(bound.isKept),
            ]
        }
        object["prox_tolerance"] = JSONValue(study.proxTolerance)
        object["maximum_factor_age"] = JSONValue(
            explanation.taskCount.map { study.factorAgeMaximum(taskCount: $0) })
        if let spending { object["privacy"] = spending.json }
        object["stops"] = JSONValue(explanation.stops)
        object["warnings"] = JSONValue(explanation.warnings)
        object["digest"] = JSONValue(explanation.digest)
        object["data"] = dataJSON
        return .object(object)
    }

    private var dataJSON: JSONValue {
        switch data {
        case .none: .null
        case .absent(let reason): ["present": false, "reason": JSONValue(reason)]
        case .present(let findings):
            [
                "present": true, "tasks": JSONValue(findings.taskCount),
                "records": JSONValue(findings.recordCount), "dimension": JSONValue(findings.dimension),
                "eta_bound": JSONValue(findings.etaBound), "eta": JSONValue(findings.chosenEta),
            ]
        }
    }
}
