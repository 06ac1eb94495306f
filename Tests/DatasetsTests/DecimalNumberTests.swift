internal import Datasets
internal import Glibc
internal import SeededRandom
internal import Testing

@Suite struct DecimalNumberTests {
    private func parse(_ text: String) -> DecimalNumber { DecimalNumber.parse(Array(text.utf8)[...]) }

    @Test(
        "decimal text is read as strtod reads it",
        arguments: [
            "0", "-0", "+7", "1.", ".5", "-.5e1", "1e22", "1e23", "9007199254740992", "9007199254740993",
            "123456789012345678901234567890", "1e-22", "1e-23", "3.141592653589793238", "5e-324", "2e-324",
            "1.7976931348623157e308", "2.2250738585072011e-308", "0.000000000000000000000000000001",
            "100000000000000000000000e-23", "00000000000000000000000000001.5", "1E5", "1e+5",
            "0e999999999999",
            "8.442911973260991817129021e-309", "179769313486231570793e288", "1e-99999999999999999999",
        ])
    func agreesWithC(text: String) {
        #expect(parse(text) == .finite(unsafe strtod(text, nil)), "\(text)")
    }

    @Test("random doubles and random digit strings are correctly rounded", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: generator.next())
            if value.isFinite {
                #expect(parse("\(value)") == .finite(value), "seed \(seed)")
            }
            var text = generator.integer(below: 2) == 0 ? "-" : ""
            for _ in 0..<(1 + generator.integer(below: 20)) { text += String(generator.integer(below: 10)) }
            text += "."
            for _ in 0..<generator.integer(below: 12) { text += String(generator.integer(below: 10)) }
            if generator.integer(below: 2) == 0 { text += "e\(generator.integer(below: 60) - 30)" }
            #expect(parse(text) == .finite(unsafe strtod(text, nil)), "\(text), seed \(seed)")
        }
    }

    @Test(
        "what is no decimal number is refused",
        arguments: [
            "", "-", "+", ".", "-.", "e5", "1e", "1e+", "1e5.0", "1.2.3", "0x10", "1,5", "1 2", " 1", "1_000",
            "--1", "1f", "one", "1e5x", "\u{0}", "１",
        ])
    func malformed(text: String) {
        #expect(parse(text) == .malformed)
    }

    @Test(
        "NaN, infinities and numbers beyond the largest double are not finite",
        arguments: [
            "nan", "NaN", "-nan", "inf", "-Infinity", "INF", "1e309", "-1e999999999999999999", "1.8e308",
        ])
    func nonFinite(text: String) {
        #expect(parse(text) == .nonFinite)
    }
}
