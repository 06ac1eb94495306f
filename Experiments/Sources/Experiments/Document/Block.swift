package import Reporting

/// A part of an experiment's section.
package enum Block: Sendable {
    case paragraph(String)
    case list([String])
    case table(MarkdownTable)
    /// A picture with its caption; the file is called as the experiment and `suffix` are.
    case figure(any Plot, suffix: String, caption: String)
}

/// A file that belongs to the document.
package struct PictureFile: Sendable, Equatable {
    /// Below the document's `images/experiments/`.
    package let name: String
    package let svg: String
}

/// An experiment's part of the document.
package struct Section: Sendable {
    /// The experiment's name: the section is found again by it.
    package let name: String
    package let markdown: String
    package let pictures: [PictureFile]

    /// Writes blocks below a heading and the command that makes them.
    package init(name: String, title: String, seeds: String, blocks: [Block]) {
        self.name = name
        var text = "## \(title)\n\n`make experiments ONLY=\(name)`; seeds: \(seeds).\n"
        var pictures: [PictureFile] = []
        for block in blocks {
            text += "\n"
            switch block {
            case .paragraph(let paragraph): text += TextWrap.wrapped(paragraph) + "\n"
            case .list(let items):
                for item in items { text += TextWrap.wrapped(item, first: "- ", rest: "  ") + "\n" }
            case .table(let table): text += table.markdown
            case .figure(let plot, let suffix, let caption):
                let file = PictureFile(name: "\(name)\(suffix).svg", svg: plot.file())
                pictures.append(file)
                text += "![\(caption)](images/experiments/\(file.name))\n"
            }
        }
        markdown = text
        self.pictures = pictures
    }
}
