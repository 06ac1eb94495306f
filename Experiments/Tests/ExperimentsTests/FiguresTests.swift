internal import Experiments
internal import Testing

@Suite("Figures")
struct FiguresTests {
    @Test("the median is a value, and what was not reached is larger than all")
    func median() {
        #expect(Figures.median([3, 1, 2]) == 2)
        #expect(Figures.median([1, nil, nil]) == nil)
        #expect(Figures.median([1, nil, 3]) == 3)
        #expect(Figures.median([1, 2]) == 2)
        #expect(Figures.worst([1, 3, 2]) == 3)
        #expect(Figures.worst([1, nil]) == nil)
    }

    @Test("mean and sample deviation")
    func meanAndDeviation() {
        let figures = Figures.meanAndDeviation([1, 2, 3, 4])
        #expect(figures.mean == 2.5)
        #expect(abs(figures.deviation - (5.0 / 3).squareRoot()) < 1e-15)
        #expect(Figures.meanAndDeviation([7]).deviation == 0)
    }
}
