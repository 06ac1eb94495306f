/// Something that was tried, and is described in a section of the document.
package protocol Experiment: Sendable {
    /// What `ONLY=` takes, and what its pictures are called after.
    var name: String { get }
    /// The section's heading.
    var title: String { get }
    /// What all randomness follows from, in words.
    var seeds: String { get }
    /// The files of the data folder that it needs.
    var files: [String] { get }
    /// Does it.
    func blocks(_ data: DataFolder) async throws -> [Block]
}

extension Experiment {
    /// Does it and describes it; where data are absent, that is what the section says.
    ///
    /// - Returns: The section, and the files that are absent.
    package func section(_ data: DataFolder) async throws -> (section: Section, absent: [String]) {
        let absent = data.absent(of: files)
        guard absent.isEmpty else {
            let text = "**Not run: \(absent.joined(separator: ", ")) not there or not readable.**"
            return (Section(name: name, title: title, seeds: seeds, blocks: [.paragraph(text)]), absent)
        }
        return (Section(name: name, title: title, seeds: seeds, blocks: try await blocks(data)), [])
    }
}
