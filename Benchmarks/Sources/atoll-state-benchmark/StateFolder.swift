internal import FoundationEssentials
internal import Glibc

/// The folder of the state that is measured, removed with this object.
final class StateFolder {
    let path: String

    init(in parent: String) {
        path = "\(parent)/atoll-state-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).map { "\(path)/\($0)" } }
    }

    /// Bytes that the folder's files take on the disk.
    var byteCount: Int {
        get throws {
            try files.reduce(0) { sum, file in
                var status = stat()
                guard unsafe stat(file, &status) == 0 else { return sum }
                return sum + Int(status.st_blocks) * 512
            }
        }
    }

    /// Has the kernel forget what it holds of the files, as after a start of the machine.
    func dropFromMemory() throws {
        for file in try files {
            let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            // Only what is on the disk can be forgotten.
            guard fsync(descriptor) == 0, posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0 else {
                throw StateBenchmarkError("\(file) cannot be dropped from memory")
            }
        }
    }
}
