package import Reporting

/// A status page: one self-contained HTML document without scripts, which loads itself again.
///
/// Every text is escaped here.
package struct StatusPage: Sendable {
    /// How good a piece of news is.
    package enum Tone: String, Sendable {
        case good
        case warning
        case bad
        case neutral
    }

    /// A short word with a colour, such as `running`.
    package struct Badge: Sendable {
        package var text: String
        package var tone: Tone

        package init(_ text: String, _ tone: Tone) {
            self.text = text
            self.tone = tone
        }
    }

    /// One number with its name.
    package struct Fact: Sendable {
        package var label: String
        package var value: String
        /// What the number is seen beside.
        package var note: String

        package init(_ label: String, _ value: String, note: String = "") {
            self.label = label
            self.value = value
            self.note = note
        }
    }

    /// A part of the page under its own heading.
    package enum Section: Sendable {
        case figure(any Plot, note: String)
        case table(title: String, StatusTable, note: String)
    }

    package var title: String
    package var badge: Badge
    /// Words under the title, in one line where there is room.
    package var details: [String] = []
    package var facts: [Fact] = []
    package var sections: [Section] = []
    /// Whether the numbers move: the page is then loaded again sooner.
    package var isLive = true
    /// When the page was made.
    package var time = Timestamp.now()

    package init(title: String, badge: Badge) {
        self.title = title
        self.badge = badge
    }

    /// The whole document.
    package func html() -> String {
        let seconds = isLive ? OperatorLimits.refreshSeconds : OperatorLimits.restingRefreshSeconds
        let title = MarkupText.escaped(title)
        var html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="refresh" content="\(seconds)">
            <title>\(title) · \(MarkupText.escaped(badge.text)) · Atoll</title>
            <style>
            \(StatusPageStyle.text)\(PlotStyle.css)</style>
            </head>
            <body>
            <header>
            <p class="product">Atoll</p>
            <h1>\(title)</h1>
            \(Self.badge(badge))
            <p class="details">\(details.map { "<span>\(MarkupText.escaped($0))</span>" }.joined(separator: " "))</p>
            </header>
            <main>

            """
        if !facts.isEmpty { html += "<dl class=\"facts\">\n\(facts.map(Self.fact).joined())</dl>\n" }
        html += sections.map(Self.section).joined()
        return html + """
            </main>
            <footer><span>Atoll \(AtollVersion.current)</span> <span>as of \(time.rfc3339.prefix(19)) UTC, \
            loaded again every \(seconds) s</span> <a href="/metrics">metrics</a></footer>
            </body>
            </html>

            """
    }

    private static func badge(_ badge: Badge) -> String {
        "<span class=\"badge \(badge.tone.rawValue)\">\(MarkupText.escaped(badge.text))</span>"
    }

    private static func fact(_ fact: Fact) -> String {
        "<div><dt>\(MarkupText.escaped(fact.label))</dt><dd>\(MarkupText.escaped(fact.value))"
            + (fact.note.isEmpty ? "" : "<small>\(MarkupText.escaped(fact.note))</small>") + "</dd></div>\n"
    }

    private static func section(_ section: Section) -> String {
        switch section {
        case .figure(let plot, let note):
            // Two drawings, so that text is legible on a phone and a wide page is not left empty.
            "<section>\n<h2>\(MarkupText.escaped(plot.title))</h2>\n\(paragraph(note))"
                + "<div class=\"figure narrow\">\(plot.svg(width: 400, height: 240))</div>\n"
                + "<div class=\"figure wide\">\(plot.svg(width: 1_060, height: 260))</div>\n</section>\n"
        case .table(let title, let table, let note):
            "<section>\n<h2>\(MarkupText.escaped(title))</h2>\n\(paragraph(note))\(table.html())</section>\n"
        }
    }

    private static func paragraph(_ text: String) -> String {
        text.isEmpty ? "" : "<p class=\"note\">\(MarkupText.escaped(text))</p>\n"
    }
}
