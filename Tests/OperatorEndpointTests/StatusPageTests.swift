import OperatorEndpoint
import Reporting
import Testing

@Suite struct StatusPageTests {
    private static let hostile = "<script>alert(1)</script>\" onload='x' \u{202E}&"

    @Test("no text becomes markup, wherever it stands")
    func escaping() {
        let text = Self.hostile
        var page = StatusPage(title: text, badge: .init(text, .good))
        page.details = [text]
        page.facts = [.init(text, text, note: text)]
        var table = StatusTable([.text(text), .number(text)])
        table.append([.text(text), .state(text, .bad)])
        let plot = LinePlot(
            title: text, xLabel: text, yLabel: text,
            series: [.init(name: text, points: [(x: 0, y: 1), (x: 1, y: 2)])])
        page.sections = [.figure(plot, note: text), .table(title: text, table, note: text)]
        let html = page.html()
        #expect(!html.contains("<script") && !html.contains("onload='") && !html.contains("\u{202E}"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39;"))
    }

    @Test("a page loads nothing, runs nothing, and comes again")
    func selfContained() {
        var page = StatusPage(title: "study", badge: .init("running", .good))
        for isLive in [true, false] {
            page.isLive = isLive
            let html = page.html()
            for word in ["<script", "<link", "<img", "src=", "url(", "@import", "http://", "https://"] {
                #expect(!html.contains(word), "\(word)")
            }
            let seconds = isLive ? OperatorLimits.refreshSeconds : OperatorLimits.restingRefreshSeconds
            #expect(html.contains("<meta http-equiv=\"refresh\" content=\"\(seconds)\">"))
            #expect(html.contains("name=\"viewport\""))
        }
    }

    @Test("a table has a bound on its rows, and says what is left out", arguments: [-1, 0, 1])
    func rows(beyond: Int) {
        let count = OperatorLimits.tableRowCount + beyond
        var table = StatusTable([.text("name")])
        for index in 0..<count { table.append([.text("row-\(index)-")]) }
        var page = StatusPage(title: "study", badge: .init("running", .good))
        page.sections = [.table(title: "Rows", table, note: "")]
        let html = page.html()
        #expect(html.contains("row-\(count - 1)-") == (beyond <= 0))
        #expect(html.contains("and 1 more") == (beyond > 0))
    }

    @Test(
        "lengths of time have their two largest units",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3_599, "59 min 59 s"), (3_600, "1 h 0 min"),
            (86_399, "23 h 59 min"), (86_400, "1 d 0 h"), (-5, "0 s"),
        ])
    func durations(seconds: Int, text: String) {
        #expect(StatusText.duration(.seconds(seconds)) == text)
    }

    @Test(
        "whole numbers are in groups of three",
        arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000")])
    func counts(value: Int, text: String) {
        #expect(StatusText.count(value) == text)
    }
}
