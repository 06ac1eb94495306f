/// Whether text is one well-formed element, more strictly than XML asks: quoted attributes, each once; no comments,
/// processing instructions or CDATA; only the five entities of XML and `&#39;`.
package enum MarkupCheck {
    /// Returns what is wrong first, with its place; nil where nothing is.
    package static func fault(in text: String) -> String? {
        var reader = Reader(text: Array(text.unicodeScalars))
        do {
            try reader.readDocument()
            return nil
        } catch {
            let near = String(String.UnicodeScalarView(reader.text[max(0, reader.place - 40)..<reader.place]))
            return "\(error.what) after …\(near)"
        }
    }

    private struct Fault: Error {
        let what: String
    }

    private struct Reader {
        let text: [Unicode.Scalar]
        var place = 0

        mutating func readDocument() throws(Fault) {
            if starts(with: "<!doctype html>") { place += 15 }
            var open: [String] = []
            var elementCount = 0
            while place < text.count {
                guard text[place] == "<" else {
                    try readText(isInside: !open.isEmpty)
                    continue
                }
                place += 1
                if take("/") {
                    let name = try readName()
                    skipBlanks()
                    guard take(">") else { throw Fault(what: "an end tag does not end") }
                    guard open.popLast() == name else { throw Fault(what: "</\(name)> ends another element") }
                    continue
                }
                if open.isEmpty, elementCount > 0 { throw Fault(what: "a second root element") }
                elementCount += 1
                let name = try readName()
                if try readAttributes() { continue }
                open.append(name)
            }
            if let name = open.last { throw Fault(what: "<\(name)> is not ended") }
            if elementCount == 0 { throw Fault(what: "no element") }
        }

        /// Reads up to the end of a tag; returns whether the element has no content.
        private mutating func readAttributes() throws(Fault) -> Bool {
            var names: Set<String> = []
            while true {
                let hadBlank = skipBlanks()
                if take(">") { return false }
                if take("/") {
                    guard take(">") else { throw Fault(what: "a slash inside a tag") }
                    return true
                }
                guard hadBlank else { throw Fault(what: "no blank before an attribute") }
                let name = try readName()
                guard names.insert(name).inserted else { throw Fault(what: "\(name) twice") }
                guard take("="), take("\"") else { throw Fault(what: "\(name) has no quoted value") }
                while place < text.count, text[place] != "\"" {
                    if text[place] == "<" { throw Fault(what: "< inside an attribute") }
                    try readCharacter()
                }
                guard take("\"") else { throw Fault(what: "\(name) does not end") }
            }
        }

        private mutating func readText(isInside: Bool) throws(Fault) {
            while place < text.count, text[place] != "<" {
                guard isInside || text[place].properties.isWhitespace else {
                    throw Fault(what: "text outside of the root element")
                }
                try readCharacter()
            }
        }

        private mutating func readCharacter() throws(Fault) {
            let scalar = text[place]
            if scalar == "&" {
                let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#39;"]
                guard let entity = entities.first(where: { starts(with: $0) }) else {
                    throw Fault(what: "an unknown entity")
                }
                place += entity.unicodeScalars.count
                return
            }
            let isControl = scalar.value < 0x20 && ![0x09, 0x0A, 0x0D].contains(scalar.value)
            if isControl || scalar.value == 0xFFFE || scalar.value == 0xFFFF {
                throw Fault(what: "a character that XML does not allow")
            }
            place += 1
        }

        private mutating func readName() throws(Fault) -> String {
            var name = ""
            while place < text.count,
                text[place].properties.isAlphabetic || "0123456789-_".contains(text[place])
            {
                name.unicodeScalars.append(text[place])
                place += 1
            }
            guard let first = name.unicodeScalars.first, first.properties.isAlphabetic else {
                throw Fault(what: "no name where one must be")
            }
            return name
        }

        @discardableResult
        private mutating func skipBlanks() -> Bool {
            let start = place
            while place < text.count, text[place].properties.isWhitespace { place += 1 }
            return place > start
        }

        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard place < text.count, text[place] == scalar else { return false }
            place += 1
            return true
        }

        private func starts(with prefix: String) -> Bool {
            text[place...].starts(with: prefix.unicodeScalars)
        }
    }
}

extension String {
    fileprivate func contains(_ scalar: Unicode.Scalar) -> Bool { unicodeScalars.contains(scalar) }
}
