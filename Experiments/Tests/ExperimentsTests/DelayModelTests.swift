internal import Experiments
internal import Testing

@Suite("Delays that every method meets")
struct DelayModelTests {
    private let model = DelayModel(offset: 5, randomMean: 2)

    @Test("the same seed gives the same delays, sites and seeds differ")
    func seeds() {
        let traces = model.traces(stepSeconds: [0, 0], count: 8, seed: 3)
        #expect(traces == model.traces(stepSeconds: [0, 0], count: 8, seed: 3))
        #expect(traces[0] != traces[1])
        #expect(traces != model.traces(stepSeconds: [0, 0], count: 8, seed: 4))
    }

    @Test("offset, mean, the site's own step and its speed")
    func law() {
        let count = 20_000
        let traces = model.traces(stepSeconds: [0, 1], speeds: [1, 0.1], count: count, seed: 1)
        let means = traces.map { $0.reduce(Duration.zero, +) / count }
        #expect(traces[0].allSatisfy { $0 >= .seconds(5) })
        #expect(traces[1].allSatisfy { $0 >= .seconds(51) })
        // Five deviations of the mean, 2 / sqrt(count).
        #expect(abs((means[0] - .seconds(7)) / .seconds(1)) < 0.071)
        #expect(abs((means[1] - .seconds(71)) / .seconds(1)) < 0.71)
    }

    @Test("without a random part all are equal")
    func constant() {
        let traces = DelayModel(offset: 2, randomMean: 0).traces(stepSeconds: [0.5], count: 4, seed: 1)
        #expect(traces == [Array(repeating: .seconds(2.5), count: 4)])
    }
}
