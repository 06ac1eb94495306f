/// The elements of one SVG image, drawn in order.
///
/// Coordinates are written with one decimal, by integers: the same drawing is the same text everywhere. Colours are
/// classes of ``PlotStyle``.
struct SVGDrawing {
    enum Anchor: String {
        case start, middle, end
    }

    /// The form of a series' mark.
    enum Form {
        case disc, ring, bar
    }

    /// Returns the form of a series' mark.
    static func form(of series: Int) -> Form { [.disc, .ring, .bar][series % 3] }

    private let title: String
    private let summary: String
    private let width: Double
    private let height: Double
    private var body = ""

    /// Creates an empty image.
    ///
    /// - Parameters:
    ///   - title: What it shows, for who hears it.
    ///   - summary: What is to be seen, in a sentence.
    init(title: String, summary: String, width: Double, height: Double) {
        self.title = title
        self.summary = summary
        self.width = width
        self.height = height
    }

    /// The image, which scales to the width that the page gives it.
    var svg: String {
        "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 "
            + "\(Self.number(width)) \(Self.number(height))\">\n<title>\(MarkupText.escaped(title))</title>\n"
            + "<desc>\(MarkupText.escaped(summary))</desc>\n\(body)</svg>\n"
    }

    mutating func line(_ class: String, from start: (x: Double, y: Double), to end: (x: Double, y: Double)) {
        body += "<line class=\"\(`class`)\" x1=\"\(Self.number(start.x))\" y1=\"\(Self.number(start.y))\" "
        body += "x2=\"\(Self.number(end.x))\" y2=\"\(Self.number(end.y))\"/>\n"
    }

    mutating func path(_ class: String, through points: [(x: Double, y: Double)]) {
        var text = ""
        for point in points {
            text += text.isEmpty ? "M" : "L"
            text += "\(Self.number(point.x)) \(Self.number(point.y))"
        }
        body += "<path class=\"\(`class`)\" d=\"\(text)\"/>\n"
    }

    mutating func rectangle(
        _ class: String, x: Double, y: Double, width: Double, height: Double, tip: String? = nil
    ) {
        body += "<rect class=\"\(`class`)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        body += "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
        end("rect", tip: tip)
    }

    /// Draws the mark of a series: a disc, a ring or a bar across the scale, so that equal values can be told apart.
    ///
    /// - Parameter isUpright: Whether such a bar stands upright, as it does on a horizontal scale.
    mutating func mark(
        _ series: Int, x: Double, y: Double, radius: Double, isUpright: Bool = true, tip: String? = nil
    ) {
        let name = "plot-mark plot-series-\(series)"
        switch Self.form(of: series) {
        case .disc:
            body += "<circle class=\"\(name)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" "
            body += "r=\"\(Self.number(radius))\""
            end("circle", tip: tip)
        case .ring:
            body += "<circle class=\"\(name) plot-hollow\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" "
            body += "r=\"\(Self.number(radius * 0.9))\""
            end("circle", tip: tip)
        case .bar:
            let (width, height) = isUpright ? (2.4, 3.4 * radius) : (2.6 * radius, 1.8)
            rectangle(
                "plot-bar plot-series-\(series)", x: x - width / 2, y: y - height / 2, width: width,
                height: height, tip: tip)
        }
    }

    /// Frames the mark there: a diamond around it, whatever its form and colour.
    mutating func flag(x: Double, y: Double, radius: Double) {
        let reach = 1.9 * radius
        path(
            "plot-flag",
            through: [(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)])
    }

    mutating func text(
        _ text: String, x: Double, y: Double, anchor: Anchor = .start, class name: String = "plot-muted"
    ) {
        body += "<text class=\"\(name)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        body += "text-anchor=\"\(anchor.rawValue)\">\(MarkupText.escaped(text))</text>\n"
    }

    private mutating func end(_ element: String, tip: String?) {
        if let tip {
            body += "><title>\(MarkupText.escaped(tip))</title></\(element)>\n"
        } else {
            body += "/>\n"
        }
    }

    /// Returns a coordinate with at most one decimal.
    static func number(_ value: Double) -> String {
        // What lies far outside any image is not told apart.
        let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }

    /// Returns about how wide a text is, in the font size of plots: no font is asked.
    static func width(of text: String) -> Double {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar {
            case "i", "j", "l", ".", ",", "'", "|", ":", ";", " ", "I", "⁻", "¹": width + 3.6
            case "m", "w", "M", "W", "@", "×": width + 10.5
            default: width + (scalar.value < 0x2E80 ? 6.9 : 12.5)
            }
        }
    }
}
