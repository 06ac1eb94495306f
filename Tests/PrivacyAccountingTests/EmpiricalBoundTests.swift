internal import PrivacyAccounting
internal import Testing

@Suite struct EmpiricalBoundTests {
    @Test("binomial tails are the sums of their terms")
    func binomialTails() {
        for count in [1, 7, 40] {
            for probability in [0.01, 0.3, 0.5, 0.97] {
                var mass = 1.0
                for _ in 0..<count { mass *= 1 - probability }
                var tail = 1.0
                for successes in 0...count {
                    let value = BinomialTail.atLeast(successes, of: count, probability: probability)
                    #expect(abs(value - tail) < 1e-12, "\(successes) of \(count), \(probability)")
                    tail -= mass
                    mass *=
                        Double(count - successes) / Double(successes + 1) * probability / (1 - probability)
                }
            }
        }
    }

    @Test("the Clopper-Pearson bound is where so few successes have the probability asked for")
    func clopperPearson() {
        for (successes, count) in [(0, 10), (3, 10), (9, 10), (50, 1000)] {
            let bound = BinomialTail.upperBound(successes: successes, count: count, significance: 0.025)
            let below = 1 - BinomialTail.atLeast(successes + 1, of: count, probability: bound)
            #expect(abs(below - 0.025) < 1e-10, "\(successes) of \(count)")
        }
        #expect(BinomialTail.upperBound(successes: 10, count: 10, significance: 0.05) == 1)
    }

    @Test(
        "a perfect attack refutes a small epsilon, a blind one nothing, and errors are counted for what they are"
    )
    func attacks() throws {
        let perfect = try EmpiricalEpsilon.Attack(
            memberCount: 1000, nonmemberCount: 1000, falsePositives: 0, falseNegatives: 0)
        let strong = EmpiricalEpsilon.bounds(of: perfect, delta: 1e-5, significance: 0.05)
        #expect(strong.epsilon > 5 && strong.mu > 5)
        let blind = try EmpiricalEpsilon.Attack(
            memberCount: 1000, nonmemberCount: 1000, falsePositives: 500, falseNegatives: 500)
        let none = EmpiricalEpsilon.bounds(of: blind, delta: 1e-5, significance: 0.05)
        #expect(none.epsilon == 0 && none.mu == 0 && none.gaussianEpsilon == 0)
        let worst = try EmpiricalEpsilon.Attack(
            memberCount: 5, nonmemberCount: 5, falsePositives: 5, falseNegatives: 5)
        #expect(EmpiricalEpsilon.bounds(of: worst, delta: 1e-5, significance: 0.05).epsilon == 0)
        for (members, nonmembers, positives, negatives) in [
            (0, 5, 0, 0), (5, 0, 0, 0), (5, 5, 6, 0), (5, 5, 0, -1),
        ] {
            #expect(throws: AccountingError(.invalidParameter, "")) {
                _ = try EmpiricalEpsilon.Attack(
                    memberCount: members, nonmemberCount: nonmembers, falsePositives: positives,
                    falseNegatives: negatives)
            }
        }
    }

    @Test("the p value of one run grows with epsilon, and its lower bound with right guesses")
    func oneRun() throws {
        var last = -1.0
        for correct in stride(from: 50, through: 100, by: 5) {
            let audit = try OneRunAudit(canaryCount: 200, guessCount: 100, correctCount: correct)
            let values = stride(from: 0.0, through: 6, by: 0.25).map {
                audit.pValue(epsilon: $0, delta: 1e-6)
            }
            for (left, right) in zip(values, values.dropFirst()) { #expect(left <= right * (1 + 1e-9)) }
            let bound = audit.lowerBound(delta: 1e-6, significance: 0.05)
            #expect(bound >= last, "\(correct) right")
            #expect(bound == 0 || audit.pValue(epsilon: bound, delta: 1e-6) <= 0.05, "\(correct) right")
            last = bound
        }
        #expect(last > 2)
        for (canaries, guesses, correct) in [(0, 0, 0), (5, 6, 0), (5, 5, 6), (5, -1, 0)] {
            #expect(throws: AccountingError(.invalidParameter, "")) {
                _ = try OneRunAudit(canaryCount: canaries, guessCount: guesses, correctCount: correct)
            }
        }
    }
}
