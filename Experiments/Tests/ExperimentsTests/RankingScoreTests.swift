internal import Experiments
internal import SeededRandom
internal import Testing

@Suite("The area under the curve")
struct RankingScoreTests {
    @Test("perfect, reversed, without information, of one kind alone")
    func known() {
        #expect(RankingScore.area(predictions: [1, 2, 3, 4], isPositive: [false, false, true, true]) == 1)
        #expect(RankingScore.area(predictions: [4, 3, 2, 1], isPositive: [false, false, true, true]) == 0)
        #expect(RankingScore.area(predictions: [7, 7, 7], isPositive: [true, false, true]) == 0.5)
        #expect(RankingScore.area(predictions: [1, 2], isPositive: [true, true]) == nil)
    }

    @Test("it is the part of pairs in order, ties counted half")
    func pairs() {
        var random = SeededGenerator(seed: 5)
        let predictions = (0..<60).map { _ in Double(random.integer(below: 12)) }
        let isPositive = (0..<60).map { _ in random.integer(below: 3) == 0 }
        var (sum, count) = (0.0, 0.0)
        for left in predictions.indices where isPositive[left] {
            for right in predictions.indices where !isPositive[right] {
                count += 1
                if predictions[left] > predictions[right] { sum += 1 }
                if predictions[left] == predictions[right] { sum += 0.5 }
            }
        }
        let area = RankingScore.area(predictions: predictions, isPositive: isPositive)
        #expect(abs((area ?? 0) - sum / count) < 1e-12)
    }
}
