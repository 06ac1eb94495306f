import SeededRandom
import Testing

@testable import Configuration

@Suite struct NearestWordTests {
    static let words = ["lambda", "relaxation", "relaxation_policy", "eta", "elastic-net", "l1", "l21"]

    @Test(
        "a slip finds its word",
        arguments: [
            ("lamda", "lambda"), ("lambad", "lambda"), ("Lambda", "lambda"),
            ("relaxationPolicy", "relaxation_policy"),
            ("elasticnet", "elastic-net"), ("relax_ation", "relaxation"), ("l2", "l1"), ("et", "eta"),
        ])
    func found(word: String, expected: String) {
        #expect(NearestWord.suggestion(for: word, among: Self.words) == expected)
    }

    @Test("another word finds nothing", arguments: ["gamma_ray", "x", "", "qqqqqqq"])
    func notFound(word: String) {
        #expect(NearestWord.suggestion(for: word, among: Self.words) == nil)
    }

    @Test("the distance is symmetric, and one for one edit")
    func properties() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let left = (0..<generator.integer(below: 7)).map { _ in Array("abc")[generator.integer(below: 3)]
            }
            var right = left
            switch generator.integer(below: 3) {
            case 0: right.insert("b", at: generator.integer(below: left.count + 1))
            case 1 where !left.isEmpty: right.remove(at: generator.integer(below: left.count))
            case 2 where left.count > 1:
                let index = generator.integer(below: left.count - 1)
                right.swapAt(index, index + 1)
            default: break
            }
            let distance = NearestWord.distance(left, right)
            #expect(distance == (left == right ? 0 : 1), "\(left) \(right) seed 5")
            #expect(distance == NearestWord.distance(right, left))
        }
    }
}
