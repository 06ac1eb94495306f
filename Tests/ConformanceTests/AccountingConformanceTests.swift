internal import Conformance
internal import Foundation
internal import TestSupport
internal import Testing

@Suite struct AccountingConformanceTests {
    static let path = SharedFiles.path("vectors/dp_accounting.json")

    @Test("all reference values of accounting are met", .enabled(if: path != nil, "skipped: no data"))
    func published() throws {
        let contents = [UInt8](try Data(contentsOf: URL(fileURLWithPath: #require(Self.path))))
        let report = ConformanceRunner.run(contents: contents, fileName: "dp_accounting.json")
        #expect(report.kind == "dp-accounting")
        #expect(report.passed == 344)
        #expect(report.failed == 0, "\(report.firstFailure ?? "")")
        let worst = try #require(report.worstError)
        // The calibrated noise multipliers, given to 1e-3.
        #expect(worst < 1e-3)
    }

    @Test(
        "a value changed by a little more than its tolerance fails, and the row is named",
        arguments: [
            (
                #""class":"analytic_gaussian_delta","sigma":0.3,"eps":0.01,"delta":"0.90394049406756745""#,
                true
            ),
            (
                #""class":"analytic_gaussian_delta","sigma":0.3,"eps":0.01,"delta":"0.90394049426756745""#,
                false
            ),
            (
                #""class":"analytic_gaussian_delta","sigma":50,"eps":4,"delta":"1.900100997953358e-8692""#,
                true
            ),
            (
                #""class":"analytic_gaussian_delta","sigma":50,"eps":4,"delta":"1.900100998953358e-8692""#,
                false
            ),
            (
                #""class":"group_privacy_vadhan_2.2","eps":1,"delta":1e-6,"k":2,"eps_group":2,"delta_group":3.72e-6"#,
                false
            ),
            (
                #""class":"audit_one_run","m_canaries":9,"guesses":9,"correct":"many","delta":0,"p":0.05"#,
                false
            ),
            (#""class":"astrology""#, false),
        ])
    func changed(fields: String, isPassed: Bool) {
        let text = #"{"header": {"classes": {}}, "rows": [{"id": "a", "# + fields + "}]}"
        let report = ConformanceRunner.run(contents: Array(text.utf8), fileName: "x.json")
        #expect(report.kind == "dp-accounting")
        #expect(report.isPassed == isPassed, "\(report.firstFailure ?? "")")
        if !isPassed { #expect(report.firstFailure?.hasPrefix("a: ") == true) }
    }
}
