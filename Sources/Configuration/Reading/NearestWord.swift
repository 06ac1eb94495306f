/// Finds the known word that a mistyped one was meant to be.
enum NearestWord {
    /// Returns the candidate nearest to `word`, or nil where none is near enough to be a typing slip.
    ///
    /// Near means at most ``ConfigurationLimits/suggestionDistance`` insertions, deletions, replacements and
    /// swaps of neighbours, and fewer than half of the word's letters; of equally near ones the first.
    /// Letter case and the difference between `-`, `_` and nothing do not count.
    static func suggestion(for word: String, among candidates: [String]) -> String? {
        let plain = simplified(word)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = simplified(candidate)
            let distance = distance(plain, other)
            let bound = min(ConfigurationLimits.suggestionDistance, max(plain.count, other.count) / 2)
            guard distance <= bound, distance < (best?.distance ?? .max) else { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    private static func simplified(_ word: String) -> [Character] {
        word.prefix(ConfigurationLimits.quotedCharacterCount).lowercased().filter { $0 != "-" && $0 != "_" }
            .map { $0 }
    }

    /// Returns the optimal string alignment distance (Damerau and Levenshtein, no substring edited twice).
    ///
    /// - Complexity: The product of the lengths.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for i in 1...left.count {
            var current = [i]
            for j in 1...right.count {
                let replacement = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                var cost = min(previous[j] + 1, current[j - 1] + 1, replacement)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    cost = min(cost, beforePrevious[j - 2] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
