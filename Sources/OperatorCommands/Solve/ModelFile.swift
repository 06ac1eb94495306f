internal import ArgumentParser
internal import FoundationEssentials
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Reporting

/// Where a solved model goes; the ending of the name says in which format.
struct ModelFile: Sendable {
    private enum Format: String {
        /// A vector a task, under the task's name, as sites write theirs.
        case safetensors
        /// One array, shape [features, tasks].
        case npy
    }

    private let path: String
    private let format: Format

    /// Tells the format from the path.
    ///
    /// - Throws: `ValidationError` for another ending.
    init(path: String) throws {
        let ending = path.lastIndex(of: ".").map { String(path[path.index(after: $0)...]) }
        guard let format = ending.flatMap(Format.init(rawValue:)) else {
            throw ValidationError("--model \(path): the name must end in .safetensors or .npy")
        }
        self.path = path
        self.format = format
    }

    /// Checks that the model can be put where it is wanted.
    ///
    /// - Throws: ``CommandError`` `unusableInput`.
    func requireWritable() throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
            throw CommandError(.unusableInput, "--model \(path): \(folder) is no folder; make it first")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw CommandError(.unusableInput, "--model \(path): nothing may be written into \(folder)")
        }
        guard !(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder) else {
            throw CommandError(.unusableInput, "--model \(path): this is a folder; name a file")
        }
    }

    /// Writes the model, whole or not at all.
    ///
    /// - Throws: `ReportingError`.
    func write(_ result: SolveResult) throws {
        let w = result.solution.w
        switch format {
        case .npy: try AtomicFile.write(NumPyArrayFile.bytes(w), to: path)
        case .safetensors:
            let tensors = result.taskNames.enumerated().map { index, name in
                SafeTensors.Tensor(name: name, vector: w.column(index))
            }
            let metadata = [
                "format": "atoll", "features": JSONValue(result.featureNames).text,
                "objective": "\(result.solution.objective)",
            ]
            try AtomicFile.write(SafeTensors(tensors: tensors, metadata: metadata).bytes, to: path)
        }
    }
}
