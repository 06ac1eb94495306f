internal import Testing

@testable internal import PrivacyAccounting

@Suite struct ReleaseTallyTests {
    private let gaussian = PrivacyEvent.gaussian(noiseMultiplier: 2)

    @Test("equal releases are counted, wherever in the tree they stand")
    func flattening() throws {
        let event = PrivacyEvent.composed([
            gaussian, .selfComposed(.composed([gaussian, .poissonSampled(rate: 0.1, gaussian)]), count: 5),
            .poissonSampled(rate: 1, .selfComposed(gaussian, count: 2)), .poissonSampled(rate: 0, gaussian),
            .nothing, .selfComposed(gaussian, count: 0),
        ])
        let tally = try ReleaseTally(event)
        #expect(
            tally.runs == [
                .init(release: .gaussian(noiseMultiplier: 2), count: 8),
                .init(release: .poissonGaussian(rate: 0.1, noiseMultiplier: 2), count: 5),
            ])
        #expect(!tally.isNonPrivate)
    }

    @Test("the order of releases does not show, nor whether they came one by one")
    func order() throws {
        let others = (1...20).map { PrivacyEvent.gaussian(noiseMultiplier: Double($0)) }
        let forward = try ReleaseTally(.composed(others))
        let backward = try ReleaseTally(.composed(others.reversed()))
        #expect(forward.runs == backward.runs)
        var oneByOne = ReleaseTally()
        for event in others + others { try oneByOne.add(try ReleaseTally(event)) }
        #expect(oneByOne == (try ReleaseTally(.selfComposed(.composed(others), count: 2))))
    }

    @Test(
        "what is not private is found at every place that counts",
        arguments: [
            (.nonPrivate, true),
            (.composed([.gaussian(noiseMultiplier: 1), .selfComposed(.nonPrivate, count: 3)]), true),
            (.poissonSampled(rate: 0.1, .nonPrivate), true), (.poissonSampled(rate: 0, .nonPrivate), false),
            (.selfComposed(.nonPrivate, count: 0), false), (.gaussian(noiseMultiplier: 0), true),
            (.sampledWithoutReplacement(rate: 0.5, .gaussian(noiseMultiplier: 0)), true),
            (.laplace(scale: 0), true),
        ] as [(PrivacyEvent, Bool)])
    func nonPrivate(event: PrivacyEvent, expected: Bool) throws {
        #expect(try ReleaseTally(event).isNonPrivate == expected)
    }

    @Test(
        "what has no analysis is an error, also deep inside",
        arguments: [
            .unsupported("median"), .composed([.selfComposed(.unsupported("median"), count: 0)]),
            .poissonSampled(rate: 0, .unsupported("median")),
            .poissonSampled(rate: 0.1, .poissonSampled(rate: 0.1, .gaussian(noiseMultiplier: 1))),
            .poissonSampled(rate: 0.1, .selfComposed(.gaussian(noiseMultiplier: 1), count: 2)),
            .poissonSampled(rate: 0.1, .discreteGaussian(noiseMultiplier: 1)),
            .poissonSampled(
                rate: 0.1, .composed([.gaussian(noiseMultiplier: 1), .gaussian(noiseMultiplier: 2)])),
        ] as [PrivacyEvent])
    func unsupported(event: PrivacyEvent) {
        #expect(throws: AccountingError(.unsupportedEvent, "")) { _ = try ReleaseTally(event) }
    }

    @Test(
        "parameters out of range are errors",
        arguments: [
            .gaussian(noiseMultiplier: -1), .gaussian(noiseMultiplier: .nan),
            .gaussian(noiseMultiplier: .infinity),
            .gaussian(noiseMultiplier: 0.999e-2), .gaussian(noiseMultiplier: 1.001e9), .laplace(scale: -1),
            .poissonSampled(rate: 1.1, .gaussian(noiseMultiplier: 1)),
            .poissonSampled(rate: -0.1, .gaussian(noiseMultiplier: 1)),
            .poissonSampled(rate: .nan, .gaussian(noiseMultiplier: 1)),
            .sampledWithoutReplacement(rate: 0.9e-12, .gaussian(noiseMultiplier: 1)),
            .selfComposed(.gaussian(noiseMultiplier: 1), count: -1),
        ] as [PrivacyEvent])
    func invalid(event: PrivacyEvent) {
        #expect(throws: AccountingError(.invalidParameter, "")) { _ = try ReleaseTally(event) }
    }

    @Test("bounds of parameters are in range")
    func bounds() throws {
        for noise in [1e-2, 1e9] {
            #expect(try ReleaseTally(.gaussian(noiseMultiplier: noise)).runs.count == 1)
        }
        #expect(try ReleaseTally(.poissonSampled(rate: 1e-12, gaussian)).runs.count == 1)
    }

    @Test("the largest number of releases is counted, one more refused, and the tally then stays as it was")
    func counts() throws {
        let limit = AccountingLimits.releaseCount
        var tally = try ReleaseTally(.selfComposed(gaussian, count: limit))
        let before = tally
        #expect(throws: AccountingError(.tooManyReleases, "")) { try tally.add(try ReleaseTally(gaussian)) }
        #expect(tally == before)
        #expect(throws: AccountingError(.tooManyReleases, "")) {
            _ = try ReleaseTally(.selfComposed(.selfComposed(gaussian, count: .max), count: 3))
        }
        #expect(throws: AccountingError(.invalidParameter, "")) { try tally.add(before, times: -1) }
    }

    @Test("an event may be nested to its bound and no deeper")
    func depth() throws {
        func nested(_ depth: Int) -> PrivacyEvent {
            (0..<depth).reduce(gaussian) { event, _ in .selfComposed(event, count: 1) }
        }
        let limit = AccountingLimits.eventDepth
        for depth in [limit - 1, limit] { #expect(try ReleaseTally(nested(depth)).runs[0].count == 1) }
        #expect(throws: AccountingError(.tooManyReleases, "")) { _ = try ReleaseTally(nested(limit + 1)) }
    }
}
