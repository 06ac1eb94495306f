/// The area under the receiver operating characteristic.
package enum RankingScore {
    /// Returns the part of the pairs of a positive and a negative record in which the positive one is predicted higher,
    /// ties counted half (Mann and Whitney 1947); nil where one kind is missing.
    ///
    /// - Parameter isPositive: One a prediction.
    /// - Complexity: O(n log n).
    package static func area(predictions: [Double], isPositive: [Bool]) -> Double? {
        precondition(predictions.count == isPositive.count, "a label for each prediction")
        let positives = isPositive.count { $0 }
        let negatives = isPositive.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let order = predictions.indices.sorted { predictions[$0] < predictions[$1] }
        var rankSum = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, predictions[order[end]] == predictions[order[start]] { end += 1 }
            // Equal predictions share the mean of their ranks, which begin at 1.
            let rank = Double(start + end + 1) / 2
            for place in start..<end where isPositive[order[place]] { rankSum += rank }
            start = end
        }
        let smallest = Double(positives * (positives + 1)) / 2
        return (rankSum - smallest) / Double(positives * negatives)
    }
}
