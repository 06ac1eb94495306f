internal import MultiTaskLearning

extension StudyConfiguration {
    /// The keys of the regularizer's parameters and parts.
    static let parameterKeys: [ConfigurationKey] = numberKeys + [splitPartsKey]

    private static let numberKeys: [ConfigurationKey] = RegularizerParameter.allCases.map { parameter in
        let users = RegularizerKind.allCases.filter { $0.parameters.contains(parameter) }
        let who =
            users.count == RegularizerKind.allCases.count
            ? "" : "; only with \(users.map { "`\($0.rawValue)`" }.joined(separator: ", "))"
        let form =
            switch parameter.range {
            case .unit: "[0, 1]"
            case .nonNegative: "number >= 0"
            case .positive: "number > 0"
            case .count: "whole number >= 1"
            }
        let standard = parameter.standardValue
        let fallback = parameter.range == .count ? "\(Int(standard))" : "\(standard)"
        return .init(parameter.rawValue, form, default: fallback, parameter.meaning + who)
    }

    private static let splitPartsName = "split_parts"
    private static let splitPartsExample = "[\(SplitParts.standard.names.joined(separator: ", "))]"
    private static let normNames = SplitParts.Norm.allCases.map(\.rawValue)

    private static let splitPartsKey = ConfigurationKey(
        splitPartsName, "list of 2 of: \(normNames.joined(separator: ", "))",
        default: "`\(splitPartsExample)`",
        "the norms of the two parts of the model, first that of `first_weight`; only with "
            + "`\(RegularizerKind.split.rawValue)`")

    /// Reads the parameters of a regularizer, those that are absent at their defaults.
    ///
    /// - Throws: ``ConfigurationError/Code/impossibleCombination`` for a parameter of another regularizer.
    static func parameters(
        of regularizer: RegularizerKind, _ reader: SettingReader
    ) throws(ConfigurationError) -> [RegularizerParameter: Double] {
        var values: [RegularizerParameter: Double] = [:]
        for parameter in RegularizerParameter.allCases {
            let key = parameter.rawValue
            guard regularizer.parameters.contains(parameter) else {
                if reader.has(key) { throw foreign(key, to: regularizer, reader) }
                continue
            }
            let fix = "write for example \(parameter.standardValue)"
            let value =
                switch parameter.range {
                case .unit: try reader.number(key, .unitInterval, fix: fix)
                case .nonNegative: try reader.number(key, .nonNegative, fix: fix)
                case .positive: try reader.number(key, .positive, fix: fix)
                case .count:
                    try reader.count(key, 1...MultiTaskLearningLimits.coupledTaskCount, fix: fix)
                        .map { Double($0) }
                }
            values[parameter] = value ?? parameter.standardValue
        }
        guard regularizer.requiredStructure == nil else { return values }
        do {
            _ = try Regularizer(regularizer, values)
        } catch {
            throw reader.refusal(
                .impossibleCombination, "regularizer", allowed: "\(error)", fix: "change either")
        }
        return values
    }

    /// Reads the norms that a regularizer is made of, where it takes them.
    ///
    /// - Throws: ``ConfigurationError`` for other than two different norms that can be parts;
    ///   ``ConfigurationError/Code/impossibleCombination`` where the regularizer takes none.
    static func splitParts(
        of regularizer: RegularizerKind, _ reader: SettingReader
    ) throws(ConfigurationError) -> SplitParts? {
        let key = splitPartsName
        guard regularizer.takesParts else {
            if reader.has(key) { throw foreign(key, to: regularizer, reader) }
            return nil
        }
        guard let items = try reader.list(key, example: splitPartsExample) else { return SplitParts.standard }
        var norms: [SplitParts.Norm] = []
        for item in items { norms.append(try norm(item)) }
        let allowed = "a list of 2 different ones of: \(normNames.joined(separator: ", "))"
        guard norms.count == 2 else {
            throw reader.refusal(
                .outOfRange, key, allowed: allowed, fix: "write for example `\(key): \(splitPartsExample)`")
        }
        guard let parts = try? SplitParts(norms[0], norms[1]) else {
            throw ConfigurationError(
                .duplicateKey,
                "\(items[1].origin): \(key): got \(items[1].quoted) twice; allowed: \(allowed); "
                    + "name another one")
        }
        return parts
    }

    private static func norm(_ item: SettingNode) throws(ConfigurationError) -> SplitParts.Norm {
        var fix = "write two of these"
        if case .scalar(let text, _) = item.content {
            if let norm = SplitParts.Norm(rawValue: text) { return norm }
            if RegularizerKind(rawValue: text) != nil {
                fix = "this regularizer cannot be a part, only these norms can"
            } else if let nearest = NearestWord.suggestion(for: text, among: normNames) {
                fix = "did you mean `\(nearest)`?"
            }
        }
        throw ConfigurationError(
            .unknownValue,
            "\(item.origin): \(splitPartsName): got \(item.quoted); allowed: 2 of: "
                + "\(normNames.joined(separator: ", ")); \(fix)")
    }

    /// Reads the file that a regularizer needs.
    static func relations(
        of regularizer: RegularizerKind, _ reader: SettingReader, _ paths: PathResolver
    ) throws(ConfigurationError) -> TaskRelations? {
        var relations: TaskRelations?
        for kind in [TaskStructure.Kind.graph, .covariance] {
            let key = TaskRelations.key(of: kind)
            guard regularizer.requiredStructure == kind else {
                if reader.has(key) { throw foreign(key, to: regularizer, reader) }
                continue
            }
            let path = try reader.required(key, try reader.path(key, paths), example: "tasks.csv")
            relations = try TaskRelations(path: path, kind: kind)
        }
        return relations
    }

    private static func foreign(
        _ key: String, to regularizer: RegularizerKind, _ reader: SettingReader
    ) -> ConfigurationError {
        let users = RegularizerKind.allCases.filter { kind in
            kind.parameters.contains { $0.rawValue == key }
                || kind.requiredStructure.map(TaskRelations.key(of:)) == key
                || (kind.takesParts && key == splitPartsName)
        }
        return reader.refusal(
            .impossibleCombination, key,
            allowed: "only with regularizer \(users.map { "`\($0.rawValue)`" }.joined(separator: ", ")), "
                + "not with `\(regularizer.rawValue)`",
            fix: "remove it, or change the regularizer")
    }

    /// Checks that clusters, graph and covariance suit the tasks, where these are known.
    func requireFittingRegularizer(_ origin: (String) -> SettingOrigin) throws(ConfigurationError) {
        guard !tasks.isEmpty else { return }
        do {
            try Regularizer(
                regularizer, regularizerParameters,
                structure: try relations?.structure(tasks: tasks.map(\.name)), parts: splitParts
            ).checkTasks(count: tasks.count)
        } catch {
            let place =
                relations == nil
                ? "\(origin("regularizer"))" : "\(origin("regularizer")): \(relations?.path ?? "")"
            throw error as? ConfigurationError
                ?? ConfigurationError(.impossibleCombination, "\(place): \(error); correct either")
        }
    }

    /// The parameters that are written out, in the order of the keys: all but a ridge that is not there.
    var writtenParameters: [(key: RegularizerParameter, value: Double)] {
        RegularizerParameter.allCases.compactMap { parameter in
            regularizerParameters[parameter].flatMap { value in
                parameter == .addedRidge && value == 0 ? nil : (parameter, value)
            }
        }
    }

    /// The regularizer with its parameters, in words.
    package var regularizerDescription: String {
        let parameters = writtenParameters.map { "\($0.key.rawValue) \($0.value)" }
        let parts = splitParts.map { " of \($0.names.joined(separator: " and "))" } ?? ""
        return regularizer.rawValue + parts
            + (parameters.isEmpty ? "" : " (\(parameters.joined(separator: ", ")))")
    }

    /// The regularizer's lines in a study file.
    var regularizerLines: [String] {
        let parameters = writtenParameters.map { parameter, value in
            "\(parameter.rawValue): " + (parameter.range == .count ? "\(Int(value))" : "\(value)")
        }
        let parts = splitParts.map { ["\(Self.splitPartsName): [\($0.names.joined(separator: ", "))]"] }
        let files = regularizer.requiredStructure.flatMap { kind in
            relations.map { ["\(TaskRelations.key(of: kind)): \(YAMLText.quoted($0.path))"] }
        }
        return ["regularizer: \(regularizer.rawValue)"] + (parts ?? []) + parameters + (files ?? [])
    }
}
