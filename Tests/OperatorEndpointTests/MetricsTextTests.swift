import OperatorEndpoint
import TestSupport
import Testing

@Suite struct MetricsTextTests {
    @Test("families, kinds, labels and histograms are as the format has them")
    func format() {
        var metrics = MetricsText()
        metrics.add(.gauge, "a_ratio", "Backslash \\ and\nline.", 0.25)
        metrics.add(.counter, "b_total", "Many.", [.init([("site", "x"), ("code", "y")], 3)])
        metrics.add(.counter, "none_total", "None.", [])
        var histogram = MetricsHistogram(bounds: [0, 1, 2.5])
        for value in [0, 0.5, 1, 2, 7] { histogram.record(value) }
        metrics.add("c_seconds", "Times.", histogram)
        #expect(
            metrics.text == """
                # HELP a_ratio Backslash \\\\ and\\nline.
                # TYPE a_ratio gauge
                a_ratio 0.25
                # HELP b_total Many.
                # TYPE b_total counter
                b_total{site="x",code="y"} 3
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="0"} 1
                c_seconds_bucket{le="1"} 3
                c_seconds_bucket{le="2.5"} 4
                c_seconds_bucket{le="+Inf"} 5
                c_seconds_sum 10.5
                c_seconds_count 5

                """)
    }

    @Test("special values are written as Prometheus reads them")
    func numbers() throws {
        var metrics = MetricsText()
        for (index, value) in [Double.infinity, -.infinity, 1e300, 0x1p53, 1e-7, -0.0].enumerated() {
            metrics.add(.gauge, "v\(index)", "A value.", value)
        }
        metrics.add(.gauge, "nan", "No value.", Double.nan)
        let read = try MetricsReader(metrics.text)
        #expect(read.samples.prefix(6).map(\.value) == [.infinity, -.infinity, 1e300, 0x1p53, 1e-7, 0])
        #expect(read.value("nan")?.isNaN == true)
    }

    @Test(
        "a label's value reads back, whatever is in it",
        arguments: ["", "a\"b", "\\", "\\n", "\n", "a\"} 1\nfake_total{x=\"", "{}=,", "\u{1F600}é", "\r\n"])
    func labels(value: String) throws {
        var metrics = MetricsText()
        metrics.add(.gauge, "v", "A value.", [.init([("site", value)], 1)])
        let read = try MetricsReader(metrics.text)
        // By bytes: "\r\n" is one character, and its line feed is escaped.
        #expect(read.samples.count == 1)
        #expect(read.samples.first.map { Array($0.labels["site"]?.utf8 ?? "?".utf8) } == Array(value.utf8))
    }

    @Test("a process tells what Prometheus's own clients tell")
    func process() throws {
        var metrics = MetricsText()
        ProcessMetrics().write(to: &metrics)
        let read = try MetricsReader(metrics.text)
        #expect(try #require(read.value("process_resident_memory_bytes")) > 0x1p20)
        #expect(try #require(read.value("process_cpu_seconds_total")) > 0)
        #expect(try #require(read.value("process_start_time_seconds")) > 1.6e9)
        #expect(read.samples.contains { $0.name == "atoll_build_info" && $0.value == 1 })
    }
}
