internal import FoundationEssentials
internal import Glibc
internal import Reporting
internal import SeededRandom
internal import Testing

@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test("values are written in order, on one line or indented")
    func writing() {
        let value: JSONValue = [
            "b": 1, "a": [1.5, nil, true, "x"], "empty": [], "none": [:], "nested": ["k": -0.0],
        ]
        #expect(
            value.text == #"{"b":1,"a":[1.5,null,true,"x"],"empty":[],"none":{},"nested":{"k":-0.0}}"#)
        #expect(
            value.indentedText == """
                {
                  "b": 1,
                  "a": [
                    1.5,
                    null,
                    true,
                    "x"
                  ],
                  "empty": [],
                  "none": {},
                  "nested": {
                    "k": -0.0
                  }
                }

                """)
        #expect(JSONValue(Double.nan).text == "null")
        #expect(JSONValue(-Double.infinity).text == "null")
        #expect(JSONValue("\"\\\n\r\t\u{0}\u{1F}\u{7F}é/").text == #""\"\\\n\r\t\u0000\u001f\u007fé/""#)
    }

    @Test("a later member replaces an earlier one of its key, in its place")
    func keys() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = 4
        #expect(JSONValue.object(object).text == #"{"a":3,"b":2,"c":4}"#)
        #expect(JSONValue.object(object)["b"]?.integerValue == 2)
        #expect(JSONValue.object(object)["d"] == nil)
    }

    @Test("doubles read back to the same bits, here and in another reader", arguments: [1, 2] as [UInt64])
    func doubles(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let text = JSONValue(value).text
            #expect(try parse(text).doubleValue?.bitPattern == value.bitPattern, "\(text), seed \(seed)")
            #expect(unsafe strtod(text, nil).bitPattern == value.bitPattern, "\(text), seed \(seed)")
        }
    }

    @Test(
        "JSON is read",
        arguments: [
            (" [ ] ", []), ("{\"a\" : 1 , \"b\":[2]}", ["a": 1, "b": [2]]), ("-0", .number(-0.0)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
            ("1e2", 100.0), ("0.5E-1", 0.05), ("null", nil), ("false", false),
            (#""\u00e9\ud83d\ude00\/\b\f""#, "é😀/\u{8}\u{C}"), ("\"\u{7F}\"", "\u{7F}"),
        ] as [(String, JSONValue)])
    func reading(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
        #expect(try parse(value.text) == value)
        #expect(try parse(value.indentedText) == value)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "{", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
            "{\"a\":1,\"a\":2}", "01",
            "+1", "-", "1.", ".5", "1e", "1e999", "0x1", "NaN", "Infinity", "nul", "truex", "1 2", "\"",
            "\"\n\"",
            #""\x""#, #""\u12""#, #""\u+123""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "\u{FEFF}1",
        ])
    func malformed(text: String) {
        #expect(throws: ReportingError(.malformedJSON, "")) { try parse(text) }
    }

    @Test("bytes that are no UTF-8 are refused")
    func encoding() {
        #expect(throws: ReportingError(.malformedJSON, "")) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test("depth may reach the bound and no more", arguments: [-1, 0, 1])
    func depth(excess: Int) {
        let depth = ReportingLimits.jsonDepth + excess
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        if excess <= 0 {
            #expect(throws: Never.self) { try parse(text) }
        } else {
            #expect(throws: ReportingError(.malformedJSON, "")) { try parse(text) }
        }
    }

    @Test("Foundation's decoder reads what is written")
    func foundation() throws {
        struct Report: Decodable, Equatable {
            let name: String
            let values: [Double?]
            let nested: [String: Int]
        }
        let value: JSONValue = ["name": "a\"\u{1}é", "values": [0.1, nil, 3], "nested": ["k": -7]]
        let report = try JSONDecoder().decode(Report.self, from: Data(value.utf8))
        #expect(report == Report(name: "a\"\u{1}é", values: [0.1, nil, 3], nested: ["k": -7]))
    }
}
