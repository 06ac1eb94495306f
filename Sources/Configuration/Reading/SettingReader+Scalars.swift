extension SettingReader {
    /// The text of a scalar, quoted or not, nil where the key is absent.
    func text(_ key: String, allowed: String = "text") throws(ConfigurationError) -> String? {
        guard let node = try node(key) else { return nil }
        guard case .scalar(let text, _) = node.content, !text.isEmpty else {
            throw refusal(.wrongType, key, allowed: allowed, fix: "write one value after the colon")
        }
        return text
    }

    /// The text of an unquoted scalar: what a number, a word of a fixed list or a boolean is written as.
    private func plainText(_ key: String, allowed: String) throws(ConfigurationError) -> String? {
        guard let node = try node(key) else { return nil }
        guard case .scalar(let text, let isQuoted) = node.content else {
            throw refusal(.wrongType, key, allowed: allowed, fix: "write one value after the colon")
        }
        guard !isQuoted else {
            throw refusal(.wrongType, key, allowed: allowed, fix: "remove the quotation marks")
        }
        return text
    }

    /// Whether the key is there with this word, not quoted.
    func isWord(_ key: String, _ word: String) -> Bool {
        (try? plainText(key, allowed: word)) == word
    }

    /// A finite decimal number within `bound`.
    func number(_ key: String, _ bound: NumberBound, fix: String) throws(ConfigurationError) -> Double? {
        guard let text = try plainText(key, allowed: bound.description) else { return nil }
        guard let value = Self.decimal(text) else {
            throw refusal(.wrongType, key, allowed: bound.description, fix: fix)
        }
        guard bound.contains(value) else {
            throw refusal(.outOfRange, key, allowed: bound.description, fix: fix)
        }
        return value
    }

    /// Returns the double nearest to a decimal number; nil for hexadecimal, `inf`, `nan` and anything else.
    static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text) else {
            return nil
        }
        // -0 and 0 are the same setting: one spelling only, because spellings are hashed.
        return value == 0 ? 0 : value
    }

    /// A whole number within `range`.
    func count(
        _ key: String, _ range: ClosedRange<Int>, fix: String
    ) throws(ConfigurationError) -> Int? {
        let allowed =
            range.upperBound == ConfigurationLimits.countValue
            ? "a whole number of at least \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = try plainText(key, allowed: allowed) else { return nil }
        guard text.utf8.allSatisfy({ "0123456789+-".utf8.contains($0) }) else {
            throw refusal(.wrongType, key, allowed: allowed, fix: fix)
        }
        guard let value = Int(text), range.contains(value) else {
            throw refusal(.outOfRange, key, allowed: allowed, fix: fix)
        }
        return value
    }

    /// `true` or `false`.
    func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let text = try plainText(key, allowed: "true, false") else { return nil }
        guard let value = Bool(text) else {
            throw refusal(.wrongType, key, allowed: "true, false", fix: "write one of the two")
        }
        return value
    }

    /// One word of a fixed list.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, of type: Choice.Type
    ) throws(ConfigurationError) -> Choice? {
        let words = type.allCases.map(\.rawValue)
        guard let text = try plainText(key, allowed: words.joined(separator: ", ")) else { return nil }
        guard let value = type.init(rawValue: text) else { throw unknownWord(key, text, words: words) }
        return value
    }

    private func unknownWord(_ key: String, _ text: String, words: [String]) -> ConfigurationError {
        let fix = NearestWord.suggestion(for: text, among: words).map { "did you mean `\($0)`?" }
        return refusal(
            .unknownValue, key, allowed: words.joined(separator: ", "), fix: fix ?? "write one of these")
    }

    /// A list of distinct words of a fixed list, in the order of that list.
    func choices<Choice: RawRepresentable<String> & CaseIterable & Equatable>(
        _ key: String, of type: Choice.Type
    ) throws(ConfigurationError) -> [Choice]? {
        let words = type.allCases.map(\.rawValue)
        guard let items = try list(key, example: "[\(words.joined(separator: ", "))]") else { return nil }
        var chosen: [Choice] = []
        for item in items {
            guard case .scalar(let text, _) = item.content, let value = type.init(rawValue: text) else {
                let allowed = "a list of any of: \(words.joined(separator: ", "))"
                throw ConfigurationError(
                    .unknownValue,
                    "\(item.origin): \(prefix)\(key): got \(item.quoted); allowed: \(allowed); "
                        + "remove what is not in this list")
            }
            chosen.append(value)
        }
        return type.allCases.filter(chosen.contains)
    }

    /// A list of distinct non-empty texts.
    func texts(_ key: String, example: String) throws(ConfigurationError) -> [String]? {
        guard let items = try list(key, example: example) else { return nil }
        var texts: [String] = []
        var seen = Set<String>()
        for item in items {
            guard case .scalar(let text, _) = item.content, !item.isNull, !text.isEmpty else {
                throw ConfigurationError(
                    .wrongType,
                    "\(item.origin): \(prefix)\(key): got \(item.quoted) in the list; allowed: text; "
                        + "write for example `\(key): \(example)`")
            }
            guard seen.insert(text).inserted else {
                throw ConfigurationError(
                    .duplicateKey,
                    "\(item.origin): \(prefix)\(key): \(item.quoted) is listed twice; remove one")
            }
            texts.append(text)
        }
        guard !texts.isEmpty else {
            throw refusal(
                .outOfRange, key, allowed: "a list of at least 1", fix: "name one, or remove the key")
        }
        return texts
    }

    /// A duration with its unit, within `range`.
    func duration(
        _ key: String, _ range: ClosedRange<Duration>
    ) throws(ConfigurationError) -> Duration? {
        let bounds = "\(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
        let allowed = "a number and its unit (\(DurationText.unitNames)), \(bounds)"
        guard let text = try text(key, allowed: allowed) else { return nil }
        guard let value = DurationText.duration(text) else {
            let fix =
                Self.decimal(text).map { _ in "a number alone has no unit; write `\(text)s` for seconds" }
                ?? "write for example `30s`"
            throw refusal(.wrongUnit, key, allowed: allowed, fix: fix)
        }
        guard range.contains(value) else {
            throw refusal(.outOfRange, key, allowed: allowed, fix: "write for example `30s`")
        }
        return value
    }
}
